"""What a draft of a standard would do, before it is published.

    effect = whatif.weigh(level=level, today=standard.requirement, draft=draft, on=day, by=ada)
    effect.today, effect.draft      # how many are eligible, and how far the others are
    effect.employers, effect.states # who gains and who loses, where

Everybody on record counts, wherever they work and whatever they aim at, judged as the level's authority would
judge them: by the approved ledger and by what it accepted. Eligible is who has all that is asked on record,
whether it was reviewed or waits for it. The authority learns numbers and no names, and of the numbers only
what `small_cells` lets through.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import count as count_from
from typing import Any

from django.db import OperationalError, models, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from psycopg.errors import QueryCanceled

from accounts import trail
from accounts.models import Organisation, User
from accounts.policy import Permission, require
from accounts.refusals import Refused
from accounts.states import STATES
from certification.models import Level
from certification.population import Question, generously, population_many
from certification.population.sql import SQL, join, sql
from certification.requirements.language import Requirement
from certification.requirements.papers import papers_aside
from certification.small_cells import Count, Flow, hidden, seed, total

#: Minutes that may be missing where somebody is near.
NEAR = 250 * 60
#: How long the database may count.
PATIENCE = "30s"
#: Employers shown by name: the largest. The others are one row.
MOST_EMPLOYERS = 25


class Outcome(models.TextChoices):
    """What becomes of a worker when the draft takes the place of today's version."""

    KEPT = "kept", _("Stay eligible")
    GAINED = "gained", _("Become eligible")
    LOST = "lost", _("Lose it")
    NEAR = "near", _("250 hours or fewer to go")
    PAPERS = "papers", _("No hours to go")
    FAR = "far", _("More hours to go")


class Reach(models.TextChoices):
    """How far a worker is from one version."""

    ELIGIBLE = "eligible", _("Eligible")
    PAPERS = "papers", _("No hours to go, something else is missing")
    H250 = "250", _("Up to 250 hours")
    H500 = "500", _("Up to 500 hours")
    H1000 = "1000", _("Up to 1,000 hours")
    H2000 = "2000", _("Up to 2,000 hours")
    H4000 = "4000", _("Up to 4,000 hours")
    MORE = "more", _("More than 4,000 hours")


#: How much rather a cell of a table is hidden than a figure about everybody, and that than what was asked.
HEADLINE, ANSWER = 10**3, 10**9
ANSWERS = {Outcome.KEPT, Outcome.GAINED, Outcome.LOST, Reach.ELIGIBLE, Reach.H250}
BOUNDS = [Reach.H250, Reach.H500, Reach.H1000, Reach.H2000, Reach.H4000]
OTHERS, ALL = "others", "all"


@dataclass(frozen=True)
class Cell:
    """A number as it may be shown: None where it is hidden."""

    figure: int | None

    @property
    def is_hidden(self) -> bool:
        return self.figure is None


@dataclass(frozen=True)
class Row:
    """One employer or state: a cell for each outcome, and all of them."""

    label: str
    cells: tuple[Cell, ...]
    all: Cell


@dataclass(frozen=True)
class Effect:
    """What may be shown of the effect of a draft; figures are in tens. `today` is None without a version."""

    on: date
    everybody: Cell
    outcomes: Mapping[Outcome, Cell]
    today: Mapping[Reach, Cell] | None
    draft: Mapping[Reach, Cell]
    employers: tuple[Row, ...]
    states: tuple[Row, ...]


#: What is asked; True where everybody has it, False where there is no version and nobody has.
Version = Requirement | bool


def weigh(
    *,
    level: Level,
    today: Requirement | None,
    draft: Requirement,
    on: date,
    by: User,
    without_papers: bool = False,
) -> Effect:
    """The effect of a draft for this level against today's version. Three queries; one goes over all workers.

    `without_papers` takes all that a person judges as handed in: hours, supervision, age and credentials
    decide. That it was asked is written in the trail with the draft itself, so that who asks one question
    after another to find somebody out is found out. Refused where it takes too long.
    """
    require(by, Permission.EFFECT_VIEW, on=level)
    versions: list[Version] = [today or False, draft]
    if without_papers:
        versions = [one if isinstance(one, bool) else papers_aside(one) for one in versions]
    # By itself, so that a question which takes too long leaves its line as well.
    trail.record(
        "effect.seen",
        subject=level,
        by=by,
        organisation_id=level.policy_organisation_id,
        on=on.isoformat(),
        draft=draft.to_data(),
        without_papers=without_papers,
    )
    with transaction.atomic():
        counted = Counted(count(level, *versions, on=on))
    return counted.effect(on, compared=today is not None)


# Counting, in the database


def count(level: Level, today: Version, draft: Version, *, on: date) -> list[tuple[Any, ...]]:
    """(how it is grouped, group, outcome or reach, people, key); see `Counted`."""
    query = counting(level, today, draft, on=on)
    try:
        with generously() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [PATIENCE])
            cursor.execute(query.text, query.params)
            return list(cursor.fetchall())
    except OperationalError as problem:
        if isinstance(problem.__cause__, QueryCanceled):
            raise Refused(
                _("This draft takes too long to count. Make it simpler."), field="requires"
            ) from None
        raise


def counting(level: Level, today: Version, draft: Version, *, on: date) -> SQL:
    versions = today, draft
    return sql(
        """
        WITH judged AS ({}), verdict AS (SELECT worker_id, {} FROM judged), job AS (
            SELECT DISTINCT ON (worker_id) worker_id, employer_id, state FROM workers_employment
            WHERE started_on <= {} AND (ended_on IS NULL OR ended_on >= {})
            ORDER BY worker_id, started_on DESC, id DESC
        ), told AS (
            SELECT hashint8extended(who.id, {}::bigint) AS key,
                job.employer_id, coalesce(job.state, who.state) AS state,
                {} AS today, {} AS draft,
                CASE WHEN draft > 0 THEN CASE WHEN today > 0 THEN 'kept' ELSE 'gained' END
                    WHEN today > 0 THEN 'lost'
                    WHEN draft_to_go = 0 THEN 'papers'
                    WHEN draft_to_go <= {} THEN 'near' ELSE 'far' END AS outcome
            FROM verdict JOIN workers_worker who ON who.id = verdict.worker_id
            LEFT JOIN job ON job.worker_id = who.id
        )
        SELECT CASE GROUPING(employer_id, state, today, draft) WHEN 7 THEN 'employers' WHEN 11 THEN 'states'
                WHEN 13 THEN 'today' ELSE 'draft' END,
            coalesce(employer_id::text, state, ''), coalesce(outcome, today, draft),
            count(*), bit_xor(key)
        FROM told
        GROUP BY GROUPING SETS ((employer_id, outcome), (state, outcome), (today), (draft))
        """,
        _judged(level, versions, on),
        join(", ", _verdicts(versions)),
        on,
        on,
        seed(),
        _reach("today"),
        _reach("draft"),
        NEAR,
    )


def _judged(level: Level, versions: Iterable[Version], on: date) -> SQL:
    program = level.program
    asked = [
        Question(one, program.authority_id, level.code, program.jurisdiction.code)
        for one in versions
        if not isinstance(one, bool)
    ]
    return (
        population_many(asked, on=on).judged if asked else SQL("SELECT id AS worker_id FROM workers_worker")
    )


def _verdicts(versions: Iterable[Version]) -> Iterator[SQL]:
    """For each version its verdict (0 unmet, 1 waiting, 2 met) and the minutes to go."""
    numbers = count_from(0)
    for name, one in zip(("today", "draft"), versions, strict=True):
        if isinstance(one, bool):
            yield sql(f"{{}} AS {name}, 0 AS {name}_to_go", 2 if one else 0)
        else:
            n = next(numbers)
            yield SQL(f"verdict{n} AS {name}, remaining{n} AS {name}_to_go")


def _reach(name: str) -> SQL:
    bounds = " ".join(f"WHEN {name}_to_go <= {int(one) * 60} THEN '{one}'" for one in BOUNDS)
    eligible = f"WHEN {name} > 0 THEN 'eligible' WHEN {name}_to_go = 0 THEN 'papers'"
    return SQL(f"CASE {eligible} {bounds} ELSE 'more' END")


# Hiding


class Counted:
    """What was counted, and what of it may be shown."""

    def __init__(self, rows: Iterable[tuple[Any, ...]]) -> None:
        self.found: dict[str, dict[tuple[str, str], Count]] = {
            name: {} for name in ("employers", "states", "today", "draft")
        }
        for name, group, part, people, key in rows:
            self.found[name][group, part] = Count(people, key)

    def effect(self, on: date, *, compared: bool) -> Effect:
        return Effect(
            on=on,
            everybody=self.cell(ALL),
            outcomes={one: self.cell(("outcome", one)) for one in Outcome},
            today=self.reaches("today") if compared else None,
            draft=self.reaches("draft"),
            employers=self.rows("employers", employer_names(self.employers)),
            states=self.rows("states", dict(STATES) | {"": gettext("No state known")}),
        )

    @cached_property
    def employers(self) -> dict[str, dict[str, Count]]:
        return folded(self.found["employers"], most=MOST_EMPLOYERS)

    @cached_property
    def states(self) -> dict[str, dict[str, Count]]:
        return folded(self.found["states"], most=len(STATES))

    @cached_property
    def flows(self) -> dict[Any, Flow]:
        """All that is shown, as one round: employers, outcomes, states, today's reach, the draft's reach."""
        everybody = total(self.found["draft"].values())
        flows: dict[Any, Flow] = {ALL: Flow("end", "start", everybody, worth=ANSWER)}
        for outcome in Outcome:
            of_it = total(parts.get(outcome, Count()) for parts in self.employers.values())
            flows["outcome", outcome] = Flow(("into", outcome), ("out of", outcome), of_it, worth(outcome))
        for group, parts in self.employers.items():
            flows["employers", group, ALL] = Flow("start", ("employers", group), total(parts.values()))
            for one in Outcome:
                head = "into", one
                flows["employers", group, one] = Flow(("employers", group), head, parts.get(one, Count()))
        for group, parts in self.states.items():
            flows["states", group, ALL] = Flow(("states", group), "middle", total(parts.values()))
            for one in Outcome:
                tail = "out of", one
                flows["states", group, one] = Flow(tail, ("states", group), parts.get(one, Count()))
        for reach in Reach:
            today, draft = (self.found[name].get(("", reach), Count()) for name in ("today", "draft"))
            flows["today", reach] = Flow("middle", "between", today, worth(reach))
            flows["draft", reach] = Flow("between", "end", draft, worth(reach))
        return flows

    @cached_property
    def hidden(self) -> set[Any]:
        return hidden(self.flows)

    def cell(self, key: Any) -> Cell:
        return Cell(None if key in self.hidden else self.flows[key].count.figure)

    def reaches(self, name: str) -> dict[Reach, Cell]:
        return {reach: self.cell((name, reach)) for reach in Reach}

    def rows(self, name: str, labels: Mapping[str, str]) -> tuple[Row, ...]:
        groups = self.employers if name == "employers" else self.states
        return tuple(
            Row(
                labels.get(group) or gettext("All others"),
                tuple(self.cell((name, group, outcome)) for outcome in Outcome),
                self.cell((name, group, ALL)),
            )
            for group in groups
        )


def worth(figure: Outcome | Reach) -> int:
    return ANSWER if figure in ANSWERS else HEADLINE


def folded(counts: Mapping[tuple[str, str], Count], *, most: int) -> dict[str, dict[str, Count]]:
    """By group, by outcome: the largest groups, the largest first; the others, and the small ones, as one."""
    groups: dict[str, dict[str, Count]] = {}
    for (group, outcome), one in counts.items():
        groups.setdefault(group, {})[outcome] = one
    sizes = {group: total(parts.values()) for group, parts in groups.items()}
    ranked = sorted(
        (group for group in groups if not sizes[group].is_small), key=lambda one: -sizes[one].people
    )
    kept = {group: groups[group] for group in ranked[:most]}
    others: dict[str, Count] = {}
    for group in groups.keys() - kept.keys():
        for outcome, one in groups[group].items():
            others[outcome] = others.get(outcome, Count()) + one
    return kept | ({OTHERS: others} if others or not kept else {})


def employer_names(groups: Iterable[str]) -> dict[str, str]:
    ids = [int(group) for group in groups if group.isdecimal()]
    names = Organisation.objects.filter(pk__in=ids).values_list("pk", "name")
    return {str(pk): name for pk, name in names} | {"": gettext("No employer today")}
