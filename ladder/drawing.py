"""The drawing of a ladder: tracks across, rungs up, steps as arrows. Only arithmetic; no request, no query.

`lattice` answers the mapping that templates/components/lattice.html draws (docs/components.md), in SVG
units with y downwards. An arrow leaves a rung at its top and comes in at the foot of the next; between
rungs of one height it runs level. It never runs through a rung: past other rows it keeps to the gaps
between the tracks.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from textwrap import wrap
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ladder.models import Ladder, Rung, Step, Track

BOX_WIDTH, BOX_HEIGHT = 176, 76
LANE = 216
ROW = 148
HEAD = 44
MARGIN = 16
LETTERS = 21
TIP = 9
FLAG_HEIGHT = 20
#: How far apart arrows stand where several leave or reach one rung.
PORT = 26


@dataclass(frozen=True)
class Marks:
    """Ids of rungs that mean something to the person who looks."""

    here: Collection[int] = ()
    ready: Collection[int] = ()
    reachable: Collection[int] = ()
    done: Collection[int] = ()
    goals: Collection[int] = ()

    def state(self, rung: int) -> str:
        states = (
            ("here", self.here),
            ("ready", self.ready),
            ("reachable", self.reachable),
            ("done", self.done),
        )
        return next((state for state, rungs in states if rung in rungs), "")

    def flag(self, rung: int) -> str:
        if rung in self.here:
            return _("You are here")
        if rung in self.ready:
            return _("Ready")
        return _("Your goal") if rung in self.goals else ""


@dataclass
class Layout:
    """Where everything stands: columns by track, rows by height, the lowest at the foot."""

    tracks: list[Track]
    rungs: list[Rung]
    column: dict[int, int] = field(default_factory=dict)
    row: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.column = {track.pk: n for n, track in enumerate(self.tracks)}
        heights = sorted({rung.height for rung in self.rungs}, reverse=True)
        self.row = {height: n for n, height in enumerate(heights)}

    @property
    def width(self) -> int:
        return 2 * MARGIN + LANE * len(self.tracks)

    @property
    def height(self) -> int:
        return 2 * MARGIN + HEAD + ROW * max(1, len(self.row))

    def x(self, rung: Rung) -> int:
        return MARGIN + LANE * self.column[rung.track_id] + (LANE - BOX_WIDTH) // 2

    def y(self, rung: Rung) -> int:
        return MARGIN + HEAD + ROW * self.row[rung.height] + (ROW - BOX_HEIGHT) // 2

    def middle(self, rung: Rung) -> int:
        return self.x(rung) + BOX_WIDTH // 2


def lattice(
    ladder: Ladder,
    *,
    tracks: Iterable[Track],
    rungs: Iterable[Rung],
    steps: Iterable[Step],
    marks: Marks | None = None,
    note: Callable[[Rung], str] = lambda rung: "",
    url: Callable[[Rung], str] = lambda rung: "",
) -> dict[str, Any]:
    """The drawing of `ladder`. `note` says what stands under a rung's title, `url` where the rung leads."""
    marks = marks or Marks()
    layout = Layout(list(tracks), list(rungs))
    by_id = {rung.pk: rung for rung in layout.rungs}
    pairs = [(by_id[step.below_id], by_id[step.above_id]) for step in steps]
    return {
        "width": layout.width,
        "height": layout.height,
        "title": ladder.title,
        "description": description(layout, pairs),
        "links": any(url(rung) for rung in layout.rungs),
        "tracks": [_lane(layout, track) for track in layout.tracks],
        "steps": arrows(layout, pairs, open_from=marks.here),
        "rungs": [_box(layout, rung, marks, note(rung), url(rung)) for rung in layout.rungs],
    }


def description(layout: Layout, pairs: list[tuple[Rung, Rung]]) -> str:
    """The drawing in words."""
    counted = ngettext("%(n)s track", "%(n)s tracks", len(layout.tracks)) % {"n": len(layout.tracks)}
    ways: dict[str, list[str]] = defaultdict(list)
    for below, above in pairs:
        ways[below.title].append(above.title)
    sentences = [
        _("From %(rung)s to %(rungs)s.") % {"rung": below, "rungs": ", ".join(above)}
        for below, above in ways.items()
    ]
    names = ", ".join(track.title for track in layout.tracks)
    return " ".join([f"{counted}: {names}.", *sentences])


def _lane(layout: Layout, track: Track) -> dict[str, Any]:
    x = MARGIN + LANE * layout.column[track.pk] + 4
    return {
        "name": track.title,
        "x": x,
        "y": MARGIN,
        "width": LANE - 8,
        "height": layout.height - 2 * MARGIN,
        "name_x": x + (LANE - 8) // 2,
        "name_y": MARGIN + 26,
    }


def _box(layout: Layout, rung: Rung, marks: Marks, note: str, url: str) -> dict[str, Any]:
    x, y, middle = layout.x(rung), layout.y(rung), layout.middle(rung)
    lines = title_lines(rung.title)
    # Titles of one line stand a little lower, so that words and note fill the box evenly.
    first = y + {(1, True): 34, (2, True): 27, (1, False): 44, (2, False): 35}[len(lines), bool(note)]
    flag = marks.flag(rung.pk)
    flag_width = 8 * len(flag) + 18
    return {
        "x": x,
        "y": y,
        "width": BOX_WIDTH,
        "height": BOX_HEIGHT,
        "lines": [{"text": text, "x": middle, "y": first + 18 * n} for n, text in enumerate(lines)],
        "note": note,
        "note_x": middle,
        "note_y": first + 18 * len(lines) + 2,
        "state": marks.state(rung.pk),
        "flag": flag,
        "flag_x": middle - flag_width // 2,
        "flag_y": y - FLAG_HEIGHT // 2,
        "flag_width": flag_width,
        "flag_text_x": middle,
        "flag_text_y": y - FLAG_HEIGHT // 2 + 14,
        "url": url,
        "label": ". ".join(part for part in (rung.title, note, flag) if part),
    }


def title_lines(title: str) -> list[str]:
    """A title in at most two lines that fit into a box."""
    return wrap(title, LETTERS, max_lines=2, placeholder="…") or [""]


# Arrows


def arrows(
    layout: Layout, pairs: list[tuple[Rung, Rung]], *, open_from: Collection[int] = ()
) -> list[dict[str, Any]]:
    """One mapping a step: the line, its tip, whether it is open to the person, whether it crosses tracks."""
    leaving, arriving = _ports(layout, pairs)
    drawn = []
    for below, above in pairs:
        if layout.row[below.height] == layout.row[above.height]:
            path, tip = _level(layout, below, above)
        else:
            start = (leaving[below.pk, above.pk], layout.y(below))
            end = (arriving[below.pk, above.pk], layout.y(above) + BOX_HEIGHT)
            path, tip = _upward(layout, below, above, start, end)
        drawn.append(
            {
                "path": path,
                "tip": tip,
                "open": below.pk in open_from,
                "across": below.track_id != above.track_id,
            }
        )
    return drawn


Ports = Mapping[tuple[int, int], int]


def _ports(layout: Layout, pairs: list[tuple[Rung, Rung]]) -> tuple[Ports, Ports]:
    """The x of each arrow at the top that it leaves and at the foot that it reaches, side by side."""
    leaving: dict[int, list[tuple[Rung, Rung]]] = defaultdict(list)
    arriving: dict[int, list[tuple[Rung, Rung]]] = defaultdict(list)
    for below, above in pairs:
        if layout.row[below.height] != layout.row[above.height]:
            leaving[below.pk].append((below, above))
            arriving[above.pk].append((below, above))
    return _spread(layout, leaving, end=1), _spread(layout, arriving, end=0)


def _spread(layout: Layout, arrows_at: Mapping[int, list[tuple[Rung, Rung]]], *, end: int) -> Ports:
    ports: dict[tuple[int, int], int] = {}
    for pairs in arrows_at.values():
        pairs.sort(key=lambda pair: (layout.column[pair[end].track_id], pair[end].pk))
        gap = min(PORT, (BOX_WIDTH - 30) // len(pairs))
        for n, (below, above) in enumerate(pairs):
            middle = layout.middle(above if end == 0 else below)
            ports[below.pk, above.pk] = middle + round((n - (len(pairs) - 1) / 2) * gap)
    return ports


def _upward(
    layout: Layout, below: Rung, above: Rung, start: tuple[int, int], end: tuple[int, int]
) -> tuple[str, str]:
    (x1, y1), (x2, y2) = start, end
    foot = y2 + TIP
    tip = f"M{x2} {y2}l-6 {TIP}h12z"
    if layout.row[below.height] - layout.row[above.height] == 1:
        return f"M{x1} {y1}{_bend(x1, y1, x2, foot)}", tip
    # Past other rows: into the gap beside the track it goes to, up there, and back.
    left = layout.column[below.track_id] < layout.column[above.track_id]
    gutter = MARGIN + LANE * (layout.column[above.track_id] + (0 if left else 1))
    rise = ROW - BOX_HEIGHT
    aside, back = _bend(x1, y1, gutter, y1 - rise), _bend(gutter, foot + rise, x2, foot)
    return f"M{x1} {y1}{aside}V{foot + rise}{back}", tip


def _bend(x1: int, y1: int, x2: int, y2: int) -> str:
    """A curve between two points that is upright at both ends."""
    half = (y1 + y2) // 2
    return f"C{x1} {half} {x2} {half} {x2} {y2}"


def _level(layout: Layout, below: Rung, above: Rung) -> tuple[str, str]:
    """Between rungs of one height: straight from side to side, or over the rungs that stand between."""
    first, last = layout.column[below.track_id], layout.column[above.track_id]
    right = first < last
    y = layout.y(below) + BOX_HEIGHT // 2
    x1 = layout.x(below) + (BOX_WIDTH if right else 0)
    x2 = layout.x(above) + (0 if right else BOX_WIDTH)
    back = -TIP if right else TIP
    tip = f"M{x2} {y}l{back} -6v12z"
    between = range(min(first, last) + 1, max(first, last))
    taken = {layout.column[rung.track_id] for rung in layout.rungs if rung.height == below.height}
    if not taken.intersection(between):
        return f"M{x1} {y}H{x2 + back}", tip
    top = layout.y(below) - (ROW - BOX_HEIGHT) // 2
    out, into = x1 - 2 * back, x2 + 2 * back
    return f"M{x1} {y}H{out}V{top}H{into}V{y}H{x2 + back}", tip
