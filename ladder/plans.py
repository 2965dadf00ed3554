"""Plans of ladders: what a template file writes, read strictly and checked as a whole.

    plan = shipped()["four-tracks"]
    check(plan, levels=known_codes)

A plan is plain, immutable data; `ladders.create` makes an employer's ladder of it, and `ladders.publish`
puts an employer's ladder back into a plan to check it the same way.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from certification.requirements.language import Requirement, parse, walk
from certification.requirements.leaves import Credential, Experience
from certification.requirements.values import (
    SLUG_TEXT,
    TEXT,
    Reader,
    RequirementError,
    amount,
    check_keys,
    list_of,
    one_of,
    shown,
    whole_from,
)
from ladder.models import Rung, Track

FOLDER = Path(__file__).parent / "templates_data"
HOURS_A_YEAR = 2080
#: Asked by an authority, never by an employer: a rung asks for the credential that stands for them.
PRIVATE_KINDS = frozenset({"lived_experience", "recovery", "age", "background_check"})

HEIGHT = whole_from(1, 30)
MONEY = amount("an amount in dollars above 0", zero=False, most=1_000_000)
TEXTS = list_of(TEXT)
TRACK_KIND = one_of(*Track.Kind.values)
WAGE_UNIT = one_of(*Rung.WageUnit.values)


class PlanError(RequirementError):
    """A plan that is no ladder: where, what was found there, what was expected."""


@dataclass(frozen=True)
class Wage:
    """A band in dollars; `note` says where the figures are from."""

    unit: str
    low: Decimal
    high: Decimal
    note: str = ""

    @property
    def hourly(self) -> tuple[Decimal, Decimal]:
        """The band by the hour, a year's work taken as 2,080 hours."""
        hours = HOURS_A_YEAR if self.unit == Rung.WageUnit.YEAR else 1
        return self.low / hours, self.high / hours


@dataclass(frozen=True)
class RungPlan:
    """One rung. `path` is where it is written, such as `tracks[0].rungs[1]`."""

    path: str
    code: str
    title: str
    height: int
    purpose: str
    duties: tuple[str, ...]
    wage: Wage | None
    requires: Requirement | None


@dataclass(frozen=True)
class TrackPlan:
    code: str
    title: str
    kind: str
    rungs: tuple[RungPlan, ...]


@dataclass(frozen=True)
class Plan:
    """A ladder as data. `steps` are pairs of codes: from below, to above; `path` names its file or itself."""

    path: str
    code: str
    title: str
    summary: str
    tracks: tuple[TrackPlan, ...]
    steps: tuple[tuple[str, str], ...]

    @property
    def rungs(self) -> Iterator[RungPlan]:
        for track in self.tracks:
            yield from track.rungs


@cache
def shipped() -> dict[str, Plan]:
    """The templates that come with Peerladder, by code."""
    plans = [load(path) for path in sorted(FOLDER.glob("*.yaml"))]
    return {plan.code: plan for plan in plans}


def load(path: Path) -> Plan:
    """The plan of one file. Raises PlanError naming the path of what is wrong."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise PlanError(path.name, f"text that is not YAML ({error})", "a YAML file") from error
    return read(data, path.name)


def read(data: object, path: str) -> Plan:
    given = _keys(data, path, ("code", "title", "summary", "tracks", "steps"))
    tracks = tuple(
        _track(one, f"{path}.tracks[{n}]") for n, one in enumerate(_list(given, "tracks", path, least=1))
    )
    steps = tuple(
        _step(one, f"{path}.steps[{n}]") for n, one in enumerate(_list(given, "steps", path, least=0))
    )
    return Plan(
        path=path,
        code=_need(given, "code", path, SLUG_TEXT),
        title=_need(given, "title", path, TEXT),
        summary=_need(given, "summary", path, TEXT),
        tracks=tracks,
        steps=steps,
    )


def _track(data: object, path: str) -> TrackPlan:
    given = _keys(data, path, ("code", "title", "kind", "rungs"))
    rungs = tuple(
        _rung(one, f"{path}.rungs[{n}]") for n, one in enumerate(_list(given, "rungs", path, least=1))
    )
    return TrackPlan(
        code=_need(given, "code", path, SLUG_TEXT),
        title=_need(given, "title", path, TEXT),
        kind=_need(given, "kind", path, TRACK_KIND),
        rungs=rungs,
    )


def _rung(data: object, path: str) -> RungPlan:
    given = _keys(data, path, ("code", "title", "height", "purpose", "duties", "wage", "requires"))
    requires = given.get("requires")
    return RungPlan(
        path=path,
        code=_need(given, "code", path, SLUG_TEXT),
        title=_need(given, "title", path, TEXT),
        height=_need(given, "height", path, HEIGHT),
        purpose=_need(given, "purpose", path, TEXT),
        duties=_need(given, "duties", path, TEXTS),
        wage=_wage(given["wage"], f"{path}.wage") if given.get("wage") else None,
        requires=None if requires is None else parse(requires, path=f"{path}.requires"),
    )


def _wage(data: object, path: str) -> Wage:
    given = _keys(data, path, ("unit", "low", "high", "note"))
    low, high = (Decimal(str(float(_need(given, end, path, MONEY)))) for end in ("low", "high"))
    if high < low:
        raise PlanError(f"{path}.high", shown(given["high"]), f"at least {low}")
    note = _need(given, "note", path, TEXT) if "note" in given else ""
    return Wage(unit=_need(given, "unit", path, WAGE_UNIT), low=low, high=high, note=note)


def _step(data: object, path: str) -> tuple[str, str]:
    given = _keys(data, path, ("from", "to"))
    return _need(given, "from", path, SLUG_TEXT), _need(given, "to", path, SLUG_TEXT)


def _keys(data: object, path: str, known: tuple[str, ...]) -> Mapping[str, Any]:
    return check_keys(data, path, known)


def _need(given: Mapping[str, Any], key: str, path: str, reader: Reader) -> Any:
    if key not in given:
        raise PlanError(f"{path}.{key}", "nothing", reader.expected)
    return reader.read(given[key], f"{path}.{key}")


def _list(given: Mapping[str, Any], key: str, path: str, *, least: int) -> list[Any]:
    listed = given.get(key, [])
    if not isinstance(listed, list) or len(listed) < least:
        raise PlanError(f"{path}.{key}", shown(listed), "a list" + (" of at least one" if least else ""))
    return listed


# A plan as a whole


def check(plan: Plan, *, levels: Collection[str]) -> None:
    """Whether people can climb it: raises PlanError at the first thing that is wrong.

    `levels` are the codes of all levels known. Refused are codes given twice, steps from or to nowhere,
    steps that lead down or round in a circle, rungs that no step leads to, pay that falls on the way up,
    levels that do not exist, and requirements that ask for what only an authority may ask.
    """
    rungs = _by_code(plan)
    if not rungs:
        raise PlanError(f"{plan.path}.tracks", "no rung", "at least one")
    _check_heights(plan)
    _check_steps(plan, rungs)
    _check_reachable(plan, rungs)
    _check_pay(plan, rungs)
    for rung in plan.rungs:
        _check_requirement(rung, levels)


def _by_code(plan: Plan) -> dict[str, RungPlan]:
    rungs: dict[str, RungPlan] = {}
    for rung in plan.rungs:
        if rung.code in rungs:
            raise PlanError(f"{rung.path}.code", repr(rung.code), "a code that no other rung has")
        rungs[rung.code] = rung
    return rungs


def _check_heights(plan: Plan) -> None:
    for track in plan.tracks:
        taken: set[int] = set()
        for rung in track.rungs:
            if rung.height in taken:
                raise PlanError(f"{rung.path}.height", str(rung.height), "one rung at each height of a track")
            taken.add(rung.height)


def _check_steps(plan: Plan, rungs: Mapping[str, RungPlan]) -> None:
    for n, (below, above) in enumerate(plan.steps):
        path = f"{plan.path}.steps[{n}]"
        for end, code in (("from", below), ("to", above)):
            if code not in rungs:
                raise PlanError(f"{path}.{end}", repr(code), f"one of {', '.join(rungs)}")
        if rungs[above].height < rungs[below].height:
            raise PlanError(f"{path}.to", f"{above!r}, which stands lower", "a rung at least as high")
        if plan.steps.index((below, above)) != n:
            raise PlanError(path, f"{below!r} to {above!r} again", "each step once")
    if circle := _circle(plan):
        raise PlanError(
            f"{plan.path}.steps", f"a circle ({' → '.join(circle)})", "steps that lead to somewhere new"
        )


def _circle(plan: Plan) -> list[str]:
    """The codes along a circle of steps, the first one repeated at the end; empty without one."""
    done: set[str] = set()
    for start in (rung.code for rung in plan.rungs):
        trail: list[str] = []
        if found := _follow(start, _ways_up(plan), trail, done):
            return found
    return []


def _follow(code: str, ways: Mapping[str, list[str]], trail: list[str], done: set[str]) -> list[str]:
    if code in trail:
        return [*trail[trail.index(code) :], code]
    if code in done:
        return []
    trail.append(code)
    for above in ways.get(code, []):
        if found := _follow(above, ways, trail, done):
            return found
    trail.pop()
    done.add(code)
    return []


def _ways_up(plan: Plan) -> dict[str, list[str]]:
    ways: dict[str, list[str]] = {}
    for below, above in plan.steps:
        ways.setdefault(below, []).append(above)
    return ways


def _check_reachable(plan: Plan, rungs: Mapping[str, RungPlan]) -> None:
    """People come in on the lowest rungs; a step must lead to every other one."""
    ways = _ways_up(plan)
    lowest = min(rung.height for rung in plan.rungs)
    waiting = [code for code, rung in rungs.items() if rung.height == lowest]
    reached = set(waiting)
    while waiting:
        for above in ways.get(waiting.pop(), []):
            if above not in reached:
                reached.add(above)
                waiting.append(above)
    for code, rung in rungs.items():
        if code not in reached:
            raise PlanError(rung.path, f"{code!r}, to which no step leads", "a rung that can be reached")


def _check_pay(plan: Plan, rungs: Mapping[str, RungPlan]) -> None:
    for below, above in plan.steps:
        first, then = rungs[below], rungs[above]
        if then.height == first.height or not (first.wage and then.wage):
            continue
        for end, before, after in zip(("low", "high"), first.wage.hourly, then.wage.hourly, strict=True):
            if after < before:
                raise PlanError(
                    f"{then.path}.wage.{end}",
                    f"{after:.2f} an hour, less than {before:.2f} on {below!r}",
                    "pay that does not fall on the way up",
                )


def _check_requirement(rung: RungPlan, levels: Collection[str]) -> None:
    if rung.requires is None:
        return
    for path, leaf in walk(rung.requires, path=f"{rung.path}.requires"):
        if leaf.kind in PRIVATE_KINDS:
            raise PlanError(path, f"{leaf.kind!r}", "a credential, which stands for what an authority checks")
        named: tuple[str | None, ...] = ()
        if isinstance(leaf, Credential):
            named = leaf.any_of or ()
        elif isinstance(leaf, Experience) and leaf.after and "-" in leaf.after:
            named = (leaf.after,)
        for code in named:
            if code not in levels:
                raise PlanError(path, f"the level {code!r}", "a level of the catalogue")
