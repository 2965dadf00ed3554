"""The drawing: every rung in its lane, no two on one spot, every arrow from box to box and through none."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladder.drawing import BOX_HEIGHT, BOX_WIDTH, Marks, lattice, title_lines
from ladder.models import Ladder, Rung, Step, Track
from ladder.plans import shipped

Drawn = tuple[list[Track], list[Rung], list[Step]]


def from_plan(code: str) -> Drawn:
    """A shipped template as unsaved rows with ids."""
    plan = shipped()[code]
    tracks = [Track(pk=n + 1, title=one.title, position=n) for n, one in enumerate(plan.tracks)]
    rungs = [
        Rung(pk=100 * track.pk + n, title=rung.title, code=rung.code, height=rung.height, track=track)
        for track, one in zip(tracks, plan.tracks, strict=True)
        for n, rung in enumerate(one.rungs)
    ]
    ids = {rung.code: rung.pk for rung in rungs}
    return tracks, rungs, [Step(below_id=ids[below], above_id=ids[above]) for below, above in plan.steps]


@st.composite
def ladders(draw) -> Drawn:
    """Any ladder: up to five tracks, a rung at any height of any track, steps upward or level."""
    tracks = [Track(pk=n + 1, title=f"Track {n}", position=n) for n in range(draw(st.integers(1, 5)))]
    spots = draw(
        st.lists(
            st.tuples(st.integers(0, len(tracks) - 1), st.integers(1, 5)),
            min_size=1,
            max_size=14,
            unique=True,
        )
    )
    rungs = [
        Rung(pk=n + 1, title=f"Rung {n}", height=height, track=tracks[track])
        for n, (track, height) in enumerate(spots)
    ]
    pairs = [(a, b) for a in rungs for b in rungs if a is not b and a.height <= b.height]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=20, unique=True)) if pairs else []
    return tracks, rungs, [Step(below_id=a.pk, above_id=b.pk) for a, b in chosen]


def drawn(scene: Drawn, **more) -> dict:
    tracks, rungs, steps = scene
    return lattice(Ladder(title="A ladder"), tracks=tracks, rungs=rungs, steps=steps, **more)


def points(path: str) -> list[tuple[float, float]]:
    """Points along a path of M, C, H and V with absolute coordinates; curves sampled."""
    along: list[tuple[float, float]] = []
    for command, given_numbers in re.findall(r"([MCHV])([-\d .]*)", path):
        numbers = [float(n) for n in given_numbers.split()]
        if command == "C":
            (x0, y0), (x1, y1, x2, y2, x3, y3) = along[-1], numbers
            for n in range(1, 21):
                t = n / 20
                a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3
                along.append((a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3))
        elif command == "M":
            along.append((numbers[0], numbers[1]))
        else:
            x0, y0 = along[-1]
            x1, y1 = (numbers[0], y0) if command == "H" else (x0, numbers[0])
            along += [(x0 + (x1 - x0) * n / 20, y0 + (y1 - y0) * n / 20) for n in range(1, 21)]
    return along


def inside(point: tuple[float, float], box: dict) -> bool:
    x, y = point
    return box["x"] < x < box["x"] + box["width"] and box["y"] < y < box["y"] + box["height"]


@given(ladders())
def test_no_two_rungs_share_a_spot(scene):
    boxes = drawn(scene)["rungs"]

    assert len({(box["x"], box["y"]) for box in boxes}) == len(boxes)
    for box in boxes:
        assert not any(inside((box["x"] + 1, box["y"] + 1), other) for other in boxes if other is not box)


@given(ladders())
def test_everything_lies_on_the_sheet_and_in_its_lane(scene):
    tracks, rungs, _steps = scene
    sheet = drawn(scene)
    lanes = {track.pk: lane for track, lane in zip(tracks, sheet["tracks"], strict=True)}

    for rung, box in zip(rungs, sheet["rungs"], strict=True):
        lane = lanes[rung.track_id]
        assert lane["x"] <= box["x"]
        assert box["x"] + BOX_WIDTH <= lane["x"] + lane["width"]
        assert lane["y"] < box["y"]
        assert box["y"] + BOX_HEIGHT < sheet["height"]
    for step in sheet["steps"]:
        for x, y in points(step["path"]):
            assert 0 <= x <= sheet["width"]
            assert 0 <= y <= sheet["height"]


@given(ladders())
def test_the_higher_a_rung_the_further_up_it_stands(scene):
    _tracks, rungs, _steps = scene
    by_height = sorted(zip(rungs, drawn(scene)["rungs"], strict=True), key=lambda pair: pair[0].height)

    for (low, low_box), (high, high_box) in pairwise(by_height):
        assert (low_box["y"] == high_box["y"]) == (low.height == high.height)
        assert low_box["y"] >= high_box["y"]


@given(ladders())
def test_arrows_lead_from_box_to_box_and_through_none(scene):
    _tracks, rungs, steps = scene
    sheet = drawn(scene)
    boxes = {rung.pk: box for rung, box in zip(rungs, sheet["rungs"], strict=True)}

    for step, arrow in zip(steps, sheet["steps"], strict=True):
        along = points(arrow["path"])
        assert touches(along[0], boxes[step.below_id])
        assert touches(points(arrow["tip"].split("l")[0])[0], boxes[step.above_id])
        assert not any(inside(point, box) for point in along for box in sheet["rungs"])


def touches(point: tuple[float, float], box: dict) -> bool:
    x, y = point
    in_width = box["x"] <= x <= box["x"] + box["width"]
    in_height = box["y"] <= y <= box["y"] + box["height"]
    return in_width and in_height and not inside(point, box)


@pytest.mark.parametrize("code", ["four-tracks", "massachusetts-provider"])
def test_titles_of_the_templates_fit_their_boxes(code):
    for box in drawn(from_plan(code))["rungs"]:
        assert len(box["lines"]) <= 2
        assert not any("…" in line["text"] for line in box["lines"])


def test_a_long_title_is_cut_to_two_lines():
    assert title_lines("Senior Peer Support and Community Inclusion Specialist") == [
        "Senior Peer Support",
        "and Community…",
    ]


def test_the_place_of_a_person_and_what_is_open_from_there_is_marked():
    scene = from_plan("four-tracks")
    by_code = {rung.code: rung.pk for rung in scene[1]}
    marks = Marks(
        here={by_code["peer-specialist"]},
        ready={by_code["senior-peer-specialist"]},
        reachable={by_code["lead-peer-specialist"]},
        done={by_code["peer-support-worker"]},
        goals={by_code["lead-peer-specialist"]},
    )

    sheet = drawn(scene, marks=marks)

    states = {rung.code: box["state"] for rung, box in zip(scene[1], sheet["rungs"], strict=True)}
    flags = {rung.code: box["flag"] for rung, box in zip(scene[1], sheet["rungs"], strict=True)}
    assert states["peer-specialist"] == "here"
    assert states["senior-peer-specialist"] == "ready"
    assert states["lead-peer-specialist"] == "reachable"
    assert states["peer-support-worker"] == "done"
    assert flags["lead-peer-specialist"] == "Your goal"
    assert sum(step["open"] for step in sheet["steps"]) == 5


def test_the_drawing_says_in_words_what_it_shows():
    words = drawn(from_plan("massachusetts-provider"))["description"]

    assert "2 tracks: Recovery coaching, Leadership." in words
    assert "From Recovery Coach to Lead Recovery Coach." in words
