"""Sums over statements, with caps: training, continuing education and references.

Every figure is one column of a pass over the statements: once over all that a worker states, once over what
each authority accepted. What the figures say of the leaves is worked out there and then, as bits: there are
many authorities, and a worker has facts for few. A row counts by its topic; a breakdown is a row a share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from certification.requirements.leaves import ContinuingEducation, Pairs, References, Training
from certification.requirements.ledger import window
from certification.requirements.values import Minutes

from .marks import reached, touched
from .sql import SQL, every, join, lack, largest, number, relation, some, sql, total
from .told import Bit, Told, tells, words_of

if TYPE_CHECKING:
    from .plan import Asked, Plan


@dataclass(frozen=True)
class Course:
    """Which rows count. None takes every topic. `since`: the number of a tenure from whose start they count.

    The last three pick some of the rows that count: of one topic, of any topic but these, given in one way
    (online, live, or firm: anything but online).
    """

    kind: str
    topics: frozenset[str] | None = None
    approved: bool = False
    first: date | None = None
    since: int | None = None
    over: date | None = None
    under: date | None = None
    provider: str | None = None
    topic: str | None = None
    topics_but: frozenset[str] = frozenset()
    given: str = ""

    def conditions(self) -> Iterator[SQL]:
        """That a row counts, whatever its topics."""
        yield sql("kind = {}", self.kind)
        if self.approved:
            yield sql("approved")
        if self.first is not None:
            yield sql("day >= {}::date", self.first)
        if self.since is not None:
            yield sql(f"day >= since{self.since}")
        if self.over is not None:
            yield sql("day > {}::date", self.over)
        if self.under is not None:
            yield sql("day < {}::date", self.under)
        if self.provider is not None:
            yield sql("provider = {}", self.provider)
        if self.topics_but:
            yield sql("slug <> ALL ({}::text[])", sorted(self.topics_but))
        if self.given:
            yield sql(GIVEN[self.given])


GIVEN = {"live": "mode = 'live'", "online": "mode = 'online'", "firm": "mode IS DISTINCT FROM 'online'"}
TOPICAL = ("slug", "share", "row")
COLUMN = re.compile(r"\bfigure\d+\b")
SUM, COUNT, DAYS = "sum(minutes)", "count(*)", "sum(days)"


class Courses:
    """The figures that one query wants, the conditions on them, and the minutes they lack, each by whose."""

    def __init__(self) -> None:
        self.figures: dict[tuple[str, Course], str] = {}
        self.topics: dict[frozenset[str], Bit] = {}
        self.bits: dict[tuple[SQL, int], Bit] = {}
        self.lacking: dict[tuple[SQL, int], str] = {}

    def minutes(self, course: Course) -> SQL:
        return self._figure(SUM, course)

    def rows(self, course: Course) -> SQL:
        return self._figure(COUNT, course)

    def days(self, course: Course) -> SQL:
        return self._figure(DAYS, course)

    def _figure(self, measure: str, course: Course) -> SQL:
        return SQL(self.figures.setdefault((measure, course), f"figure{len(self.figures)}"))

    def bit(self, condition: SQL, who: int) -> Bit:
        """A bit that says whether the condition on figures holds, of what counts for `who`."""
        return self.bits.setdefault((condition, who), Bit.number(len(self.bits)))

    def short(self, minutes: SQL, who: int) -> SQL:
        """What an expression of figures comes to, of what counts for `who`."""
        name = self.lacking.setdefault((minutes, who), f"short{len(self.lacking)}")
        # Without anything accepted all of it is missing.
        nothing = COLUMN.sub("0::bigint", minutes.text)
        return sql("coalesce({}, {})", SQL(name), SQL(nothing, minutes.params))

    @property
    def words(self) -> range:
        return words_of(self.bits)

    @property
    def asked(self) -> set[int]:
        return {who for _, who in self.bits}

    def columns(self) -> Iterator[SQL]:
        for n in self.words:
            yield sql(f"coalesce(stated.learned{n}, 0) AS learned_stated{n}")
            yield sql(f"coalesce(accepted.learned{n}, 0) AS learned_met{n}")
        for name in self.lacking.values():
            yield sql(f"accepted.{name}")

    def stated(self, plan: Plan) -> SQL | None:
        """A row for each worker with the bits of all that is stated."""
        if not self.bits:
            return None
        words = join(", ", (sql(f"{{}} AS learned{n}", self._word(n)) for n in self.words))
        return sql("SELECT worker_id, {} FROM ({}) AS learned", words, self._figures(plan, accepted=False))

    def accepted(self, plan: Plan) -> SQL | None:
        """A row for each worker with the bits of what was accepted by those who ask."""
        if not self.bits:
            return None
        whose = sorted(self.asked)
        columns = [
            sql(
                f"bit_or(CASE who {{}} END) AS learned{n}",
                join(" ", (sql("WHEN {} THEN {}", who, self._word(n, who)) for who in whose)),
            )
            for n in self.words
        ]
        columns += [
            sql(f"max(CASE WHEN who = {{}} THEN {{}} END) AS {name}", who, minutes)
            for (minutes, who), name in self.lacking.items()
        ]
        return sql(
            "SELECT worker_id, {} FROM ({}) AS learned GROUP BY worker_id",
            join(", ", columns),
            self._figures(plan, accepted=True),
        )

    def _word(self, n: int, who: int | None = None) -> SQL:
        masks: dict[SQL, int] = {}
        for (condition, whose), bit in self.bits.items():
            if bit.word == n and who in (None, whose):
                masks[condition] = masks.get(condition, 0) | bit.mask
        held = (
            sql("CASE WHEN {} THEN {}::bigint ELSE 0 END", condition, mask)
            for condition, mask in masks.items()
        )
        return sql("({})", join(" | ", [*held, sql("0::bigint")]))

    def _figures(self, plan: Plan, *, accepted: bool) -> SQL:
        """A row for each worker, or for each worker and each who accepted something of theirs."""
        # Each condition is looked at once a row, however many figures share it.
        tests: dict[SQL, str] = {}
        columns = []
        for (measure, course), name in self.figures.items():
            conditions = [*course.conditions(), *([] if measure == SUM else [sql("is_first")])]
            here = [SQL(tests.setdefault(one, f"test{len(tests)}")) for one in conditions]
            # First what rules out most rows.
            if course.topic is not None:
                here.insert(0, touched([self._topics(frozenset({course.topic}))], "slug"))
            if course.topics is not None:
                here.insert(0, touched([self._topics(course.topics)], "share" if measure == SUM else "row"))
            columns.append(sql(f"coalesce({measure} FILTER (WHERE {{}}), 0) AS {name}", every(here)))
        whose = ", who" if accepted else ""
        return sql(
            f"""
            SELECT worker_id{whose}, {{}} FROM (
                SELECT lesson.*, {{}} {whose} FROM lesson {{}} {{}}
                WHERE lesson.day <= {{}}::date OR kind = 'references' OFFSET 0
            ) AS lesson GROUP BY worker_id{whose} OFFSET 0
            """,
            join(", ", columns),
            join(", ", (sql(f"{{}} AS {name}", test) for test, name in tests.items())),
            sql("JOIN accepted ON accepted.statement_id = lesson.id" if accepted else ""),
            join(" ", (_since(one) for one in sorted(self._sinces()))),
            plan.on,
        )

    def _topics(self, topics: frozenset[str]) -> Bit:
        return self.topics.setdefault(topics, Bit.number(len(self.topics)))

    def _sinces(self) -> set[int]:
        return {course.since for _, course in self.figures if course.since is not None}

    def _lessons(self, plan: Plan) -> SQL:
        """A row for each statement, or for each share of its breakdown.

        Bits say in which sets of topics its topic is (`slug`), or it counts (`share`), or any share of the
        statement does (`row`): a row whose own topic counts, counts whole, another only its shares that do.
        """
        kinds = sorted({course.kind for _, course in self.figures})
        said = sql("said.kind = ANY ({}::text[]) AND {}", kinds, plan.standing("said"))
        words = words_of(self.topics)
        whole = "".join(f", coalesce(own.t{n}, 0) AS {name}{n}" for n in words for name in TOPICAL)
        parts = "".join(
            f", coalesce(topic.t{n}, 0) AS slug{n}"
            f", coalesce(own.t{n}, 0) | coalesce(topic.t{n}, 0) AS share{n}"
            f", bit_or(coalesce(topic.t{n}, 0)) OVER (PARTITION BY said.id) AS row{n}"
            for n in words
        )
        return sql(
            LESSONS.format(whole=whole, parts=parts),
            said,
            said,
        )

    def relations(self, plan: Plan) -> list[SQL]:
        """Which topics are in which sets, and the rows that are added up."""
        if not self.bits:
            return []
        words = words_of(self.topics)
        rows = []
        for slug in sorted({slug for topics in self.topics for slug in topics}):
            inside = [bit for topics, bit in self.topics.items() if slug in topics]
            rows.append(
                {"slug": slug, **{f"t{n}": sum(bit.mask for bit in inside if bit.word == n) for n in words}}
            )
        return [
            relation("topic", "slug text" + "".join(f", t{n} bigint" for n in words), rows),
            sql("lesson AS MATERIALIZED ({})", self._lessons(plan)),
        ]


def _since(n: int) -> SQL:
    return sql(
        f"LEFT JOIN (SELECT worker_id, first AS since{n} FROM since WHERE n = {{}}) AS began{n}"
        f" ON began{n}.worker_id = lesson.worker_id",
        n,
    )


_LESSON = """
    said.id, said.worker_id, said.kind, said.day,
    said.details ->> 'mode' AS mode, said.details ->> 'provider' AS provider,
    CASE WHEN said.details ? 'approved' THEN said.details -> 'approved' = 'true' ELSE true END AS approved,
    nullif(said.details ->> 'days', '')::numeric AS days
"""

_SHARE = "floor(coalesce(nullif(value, '')::numeric, 0) * 60 + 0.001)::int"

# What a breakdown leaves over belongs to the row's own topic.
LESSONS = f"""
    SELECT {_LESSON}, said.code AS slug, true AS is_first,
        CASE WHEN said.kind <> 'references' THEN coalesce(said.minutes, 0)
            WHEN said.details ? 'count' THEN trunc((said.details ->> 'count')::numeric)::int
            ELSE 1 END AS minutes {{whole}}
    FROM workers_statement said LEFT JOIN topic own ON own.slug = said.code
    WHERE NOT (said.details ? 'by_topic') AND {{{{}}}}
    UNION ALL
    SELECT {_LESSON}, share.slug, share.is_first, share.minutes {{parts}}
    FROM workers_statement said
    CROSS JOIN LATERAL (
        SELECT CASE jsonb_typeof(said.details -> 'by_topic') WHEN 'object' THEN said.details -> 'by_topic' END
    ) AS breakdown(shares)
    CROSS JOIN LATERAL (
        SELECT key, false, {_SHARE} FROM jsonb_each_text(shares)
        UNION ALL
        SELECT said.code, true,
            coalesce(said.minutes, 0) - (SELECT coalesce(sum({_SHARE}), 0)::int FROM jsonb_each_text(shares))
    ) AS share(slug, is_first, minutes)
    LEFT JOIN topic ON topic.slug = share.slug
    LEFT JOIN topic own ON own.slug = said.code
    WHERE said.details ? 'by_topic' AND {{{{}}}}
"""


# The leaves


def total_of(asked: Asked, course: Course, caps: Pairs, online: Minutes | None) -> SQL:
    """All minutes; above the cap of a topic, and of what was online, further hours count for nothing.

    Hours in person fill a topic's cap before hours online do, which have a cap of their own.
    """
    courses = asked.plan.courses
    if not caps and online is None:
        return courses.minutes(course)
    others = replace(course, topics_but=frozenset(slug for slug, _ in caps))
    firm = [courses.minutes(replace(others, given="firm"))]
    remote = [courses.minutes(replace(others, given="online"))]
    for slug, most in caps:
        one = replace(course, topic=slug)
        kept = sql("least({}, {})", courses.minutes(replace(one, given="firm")), number(most))
        firm.append(kept)
        rest = sql("{} - {}", number(most), kept)
        remote.append(sql("least({}, {})", courses.minutes(replace(one, given="online")), rest))
    away = total(remote)
    return total([*firm, away if online is None else sql("least({}, {})", away, number(online))])


def live_of(asked: Asked, course: Course, caps: Pairs) -> SQL:
    courses, live = asked.plan.courses, replace(course, given="live")
    others = courses.minutes(replace(live, topics_but=frozenset(slug for slug, _ in caps)))
    capped = (
        sql("least({}, {})", courses.minutes(replace(live, topic=slug)), number(most)) for slug, most in caps
    )
    return total([others, *capped])


def topic_of(asked: Asked, course: Course, slug: str, caps: Pairs, online: Minutes | None) -> SQL:
    # A leaf counts every topic that it names: of rows on this one, all do.
    courses, one = asked.plan.courses, replace(course, topic=slug, topics=None)
    done = courses.minutes(one)
    if online is not None:
        remote = courses.minutes(replace(one, given="online"))
        done = total(
            [courses.minutes(replace(one, given="firm")), sql("least({}, {})", remote, number(online))]
        )
    most = dict(caps).get(slug)
    return done if most is None else sql("least({}, {})", done, number(most))


def told(
    asked: Asked,
    minutes: list[list[tuple[Minutes, SQL]]],
    others: list[tuple[Minutes, SQL]],
    *,
    whole: bool = True,
) -> Told:
    """Met when what was accepted reaches every figure; waiting when all that is stated does.

    `minutes`: groups of figures; what is missing of one group adds up, and an hour can serve several groups.
    `whole`: all these figures are whole minutes.
    """
    courses = asked.plan.courses
    figures = [*(one for group in minutes for one in group), *others]
    holds = every(sql("{} >= {}", have, number(needed)) for needed, have in figures)
    bit = courses.bit(holds, asked.who)
    met = reached([bit], "learned_met")
    # A breakdown beyond its hours leaves less than nothing over: more rows can then be fewer minutes.
    may = some([reached([bit], "learned_stated"), met])
    if not minutes:
        return Told(met, may)
    lacking = largest(total(lack(needed, have, whole=whole) for needed, have in group) for group in minutes)
    is_whole = all(isinstance(needed, int) for group in minutes for needed, _ in group)
    lacking = sql("({})::bigint", lacking) if is_whole else lacking
    return Told(met, may, lambda: courses.short(lacking, asked.who), is_whole)


@tells(Training)
def training(leaf: Training, asked: Asked) -> Told:
    first = window(asked.plan.on, leaf.within_months)
    named = leaf.after is not None and asked.plan.catalogue.names_level(leaf.after)
    course = Course(
        "training",
        frozenset({leaf.topic, *(slug for slug, _ in leaf.by_topic or ())}),
        approved=bool(leaf.approved),
        first=None if first == date.min else first,
        since=asked.plan.held.tenure(leaf.after or "", asked.who) if named else None,
        over=leaf.completed_after,
        under=leaf.completed_before,
    )
    return learning(leaf, asked, course, [])


@tells(ContinuingEducation)
def continuing_education(leaf: ContinuingEducation, asked: Asked) -> Told:
    course = Course("continuing_education")
    if leaf.window == "term":
        course = replace(course, since=asked.plan.held.term(asked.level or "", asked.who))
    elif leaf.window == "calendar_year":
        course = replace(course, first=date(asked.plan.on.year, 1, 1))
    elif leaf.within_months is not None:
        course = replace(course, first=window(asked.plan.on, leaf.within_months))
    caps, online = leaf.max_by_topic or (), leaf.online_minutes_at_most
    providers = [
        (needed, total_of(asked, replace(course, provider=slug), caps, online))
        for slug, needed in leaf.by_provider or ()
    ]
    return learning(leaf, asked, course, providers)


def learning(
    leaf: Training | ContinuingEducation,
    asked: Asked,
    course: Course,
    providers: list[tuple[Minutes, SQL]],
) -> Told:
    courses = asked.plan.courses
    caps, online = leaf.max_by_topic or (), leaf.online_minutes_at_most
    days = leaf.days if isinstance(leaf, Training) else None
    groups: list[list[tuple[Minutes, SQL]]] = [providers] if providers else []
    others: list[tuple[Minutes, SQL]] = []
    if leaf.minutes is not None:
        groups.append([(leaf.minutes, total_of(asked, course, caps, online))])
    if days is not None:
        others.append((days, courses.days(course)))
    if leaf.minutes is None and days is None:
        others.append((1, courses.rows(course)))
    if leaf.live_minutes is not None:
        groups.append([(leaf.live_minutes, live_of(asked, course, caps))])
    if leaf.by_topic:
        groups.append(
            [(needed, topic_of(asked, course, slug, caps, online)) for slug, needed in leaf.by_topic]
        )
    limits = [online, *(most for _, most in caps)]
    return told(asked, groups, others, whole=all(isinstance(most, int | None) for most in limits))


@tells(References)
def references(leaf: References, asked: Asked) -> Told:
    """References of the kinds asked; those that do not say (an empty code) are of the kind asked."""
    topics = None if leaf.sources is None else frozenset({"", *leaf.sources})
    course = Course("references", topics)
    return told(asked, [], [(leaf.count, asked.plan.courses.minutes(course))])
