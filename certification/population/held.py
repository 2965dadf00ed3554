"""Credentials: who holds one that fits today, on which days a level was held, and since when a term runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certification.credentials import AGAINST, STANDING, TERM
from certification.requirements.case import CERTIFIED_ROLES, STATE_PEER_CERTIFICATION
from certification.requirements.leaves import Credential

from .marks import Place
from .sql import FALSE, SQL, join, relation, sql
from .told import Told, latest_start, tells

if TYPE_CHECKING:
    from .plan import Asked, Plan


class Held:
    """What one query wants to know of credentials."""

    def __init__(self) -> None:
        self.fits: dict[tuple[tuple[str, Any], ...], int] = {}
        self.tenures: dict[tuple[str, int], int] = {}
        self.terms: dict[tuple[str, int], int] = {}

    def fit(self, **wanted: Any) -> str:
        """The key of the facts that say who holds a credential that fits in every way."""
        return str(self.fits.setdefault(tuple(sorted(wanted.items())), len(self.fits)))

    def tenure(self, code: str, who: int) -> int:
        """The number under which `span` lists the days on which a level was held, as `who` sees it."""
        return self.tenures.setdefault((code, who), 2 * len(self.tenures))

    def term(self, code: str, who: int) -> int:
        """The number under which `since` tells when the current term of a level began."""
        return self.terms.setdefault((code, who), 2 * len(self.terms) + 1)

    def relations(self, plan: Plan) -> list[SQL]:
        found: list[SQL] = []
        if self.fits or self.terms:
            found.append(_held(plan))
        if self.fits:
            found += [self._fits(), _known(plan)]
        if self.tenures:
            found += [
                _numbers("tenure", self.tenures),
                *_spans(plan, sorted({code for code, _ in self.tenures})),
            ]
        if self.terms:
            found.append(_numbers("term", self.terms))
        since = [sql(_SINCE_HELD)] if self.tenures else []
        since += [sql(_SINCE_TERM, plan.on)] if self.terms else []
        return (
            [*found, sql("since(n, worker_id, first) AS ({})", join(" UNION ALL ", since))]
            if since
            else found
        )

    def _fits(self) -> SQL:
        """A row for each level that fits, or one with no level where any may."""
        rows = []
        for wanted, n in self.fits.items():
            asked = dict(wanted)
            rows += [{"n": n, "level": code, **asked} for code in asked.pop("any_of") or [""]]
        return relation(
            "fit",
            "n int, level text, of_kind text, training numeric, issued_by date, jurisdiction text,"
            " other_state bool, issued_after date, issued_before date",
            rows,
        )

    def facts(self) -> list[SQL]:
        return [sql(_FITTING, STATE_PEER_CERTIFICATION, sorted(CERTIFIED_ROLES))] if self.fits else []


def _numbers(name: str, numbers: dict[tuple[str, int], int]) -> SQL:
    rows = ({"n": n, "code": code, "who": who} for (code, who), n in numbers.items())
    return relation(name, "n int, code text, who bigint", rows)


def _known(plan: Plan) -> SQL:
    """What is known of levels: a level's own role and state go before what a row says."""
    return relation(
        "known",
        "code text, role text, jurisdiction text, training numeric",
        (
            {
                "code": one.code,
                "role": one.role,
                "jurisdiction": one.jurisdiction,
                "training": one.training_minutes,
            }
            for one in plan.catalogue.levels.values()
        ),
    )


def _rank() -> SQL:
    """Of two events of one day the graver decides, as in `certification.credentials`."""
    return sql("array_position({}::text[], kind::text)", [str(kind) for kind in STANDING])


def _held(plan: Plan) -> SQL:
    """Every credential known on the day, issued here or stated. `good`: active; `in_term`: or suspended."""
    return sql(
        """
        held AS (
            SELECT credential.worker_id, 0::bigint AS who,
                level.code AS level, NULL::text AS kind, level.role,
                jurisdiction.code AS state, NULL::numeric AS training, known.issued, known.renewed,
                known.expires IS NULL OR known.expires >= {}::date AS in_term,
                (known.expires IS NULL OR known.expires >= {}::date)
                    AND (known.last IS NULL OR NOT known.last = ANY ({}::text[])) AS good
            FROM (
                SELECT credential_id,
                    min(effective_on) FILTER (WHERE kind = 'issued') AS issued,
                    max(effective_on) FILTER (WHERE kind = 'renewed') AS renewed,
                    (array_agg(expires_on ORDER BY effective_on DESC, expires_on DESC NULLS FIRST)
                        FILTER (WHERE kind = ANY ({}::text[])))[1] AS expires,
                    (array_agg(kind ORDER BY effective_on DESC, {} DESC)
                        FILTER (WHERE kind = ANY ({}::text[])))[1] AS last
                FROM certification_credentialevent WHERE effective_on <= {}::date
                GROUP BY credential_id
            ) AS known
            JOIN certification_credential credential ON credential.id = known.credential_id AND {}
            JOIN certification_level level ON level.id = credential.level_id
            JOIN certification_program program ON program.id = level.program_id
            JOIN certification_jurisdiction jurisdiction ON jurisdiction.id = program.jurisdiction_id
            WHERE known.issued IS NOT NULL
            UNION ALL
            SELECT said.worker_id, accepted.who, said.details ->> 'level', nullif(said.code, ''), NULL,
                nullif(said.details ->> 'state', ''),
                nullif(said.details ->> 'training_hours', '')::numeric * 60,
                said.day, nullif(said.details ->> 'renewed', '')::date, span.good, span.good
            FROM workers_statement said
            LEFT JOIN accepted ON accepted.statement_id = said.id
            CROSS JOIN LATERAL (
                SELECT said.day <= {}::date AND (said.until IS NULL OR said.until >= {}::date) AS good
            ) AS span
            WHERE said.kind = 'credential' AND {}
        )
        """,
        plan.on,
        plan.on,
        [str(kind) for kind in AGAINST],
        [str(kind) for kind in TERM],
        _rank(),
        [str(kind) for kind in STANDING],
        plan.on,
        plan.among("credential.worker_id"),
        plan.on,
        plan.on,
        plan.standing("said"),
    )


_FITTING = """
    SELECT held.worker_id, held.who, true AS stated,
        'credential' AS kind, fit.n::text AS key, 0::numeric AS value
    FROM held LEFT JOIN known ON known.code = held.level
    CROSS JOIN LATERAL (VALUES (held.level), ('')) AS place(level)
    JOIN fit ON fit.level = place.level
        AND (fit.of_kind IS NULL OR held.kind = fit.of_kind OR fit.of_kind = {}
            AND coalesce(known.role, held.role) = ANY ({}::text[])
            AND CASE WHEN known.code IS NULL THEN held.state ELSE known.jurisdiction END <> 'US')
        AND (NOT fit.other_state OR coalesce(held.state, known.jurisdiction) <> 'US'
            AND coalesce(held.state, known.jurisdiction) IS DISTINCT FROM fit.jurisdiction)
        AND coalesce(held.training, known.training, 0) >= fit.training
        AND (fit.issued_by IS NULL OR held.issued <= fit.issued_by)
        AND (fit.issued_after IS NULL OR held.issued > fit.issued_after)
        AND (fit.issued_before IS NULL OR held.issued < fit.issued_before)
    WHERE held.good
"""


def _spans(plan: Plan, codes: list[str]) -> list[SQL]:
    """The days on which asked levels were held: issued, not past the last day, not suspended.

    At each day on which anything may have changed the standing is worked out, as `credentials.periods` does.
    """
    return [
        sql(
            """
            event AS (
                SELECT event.*, credential.worker_id, level.code
                FROM certification_level level
                JOIN certification_credential credential ON credential.level_id = level.id AND {}
                JOIN certification_credentialevent event ON event.credential_id = credential.id
                WHERE level.code = ANY ({}::text[]) AND event.effective_on <= {}::date
            )
            """,
            plan.among("credential.worker_id"),
            codes,
            plan.on,
        ),
        sql(
            """
            period AS (
                SELECT worker_id, code, day AS first,
                    lead(day) OVER (PARTITION BY credential_id ORDER BY day) - 1 AS last,
                    EXISTS (
                        SELECT FROM certification_credentialevent one
                        WHERE one.credential_id = change.credential_id
                            AND one.kind = 'issued' AND one.effective_on <= day
                    ) AND NOT coalesce((
                        SELECT one.kind = ANY ({}::text[]) FROM certification_credentialevent one
                        WHERE one.credential_id = change.credential_id
                            AND one.kind = ANY ({}::text[]) AND one.effective_on <= day
                            AND one.effective_on <= {}::date
                        ORDER BY one.effective_on DESC, {} DESC LIMIT 1
                    ), false) AND coalesce((
                        SELECT coalesce(one.expires_on >= day, true) FROM certification_credentialevent one
                        WHERE one.credential_id = change.credential_id
                            AND one.kind = ANY ({}::text[]) AND one.effective_on <= day
                            AND one.effective_on <= {}::date
                        ORDER BY one.effective_on DESC, one.expires_on DESC NULLS FIRST LIMIT 1
                    ), false) AS is_good
                FROM (
                    SELECT credential_id, worker_id, code, effective_on AS day FROM event
                    UNION
                    SELECT credential_id, worker_id, code, expires_on + 1 FROM event
                    WHERE expires_on IS NOT NULL
                ) AS change
            )
            """,
            [str(kind) for kind in AGAINST],
            [str(kind) for kind in STANDING],
            plan.on,
            _rank(),
            [str(kind) for kind in TERM],
            plan.on,
        ),
        sql(
            """
            span AS (
                SELECT tenure.n, period.worker_id, period.first, coalesce(period.last, 'infinity') AS last
                FROM period JOIN tenure ON tenure.code = period.code WHERE period.is_good
                UNION ALL
                SELECT tenure.n, said.worker_id, said.day, coalesce(said.until, 'infinity')
                FROM workers_statement said
                JOIN tenure ON tenure.code = said.details ->> 'level'
                JOIN accepted ON accepted.statement_id = said.id AND accepted.who = tenure.who
                WHERE said.kind = 'credential' AND {} AND (said.until IS NULL OR said.until >= said.day)
            )
            """,
            plan.standing("said"),
        ),
    ]


_SINCE_HELD = "SELECT n, worker_id, min(first) AS first FROM span GROUP BY n, worker_id"
_SINCE_TERM = """
    SELECT term.n, held.worker_id,
        max(CASE WHEN held.renewed <= {}::date THEN held.renewed ELSE held.issued END)
    FROM held JOIN term ON term.code = held.level AND held.who IN (0, term.who)
    WHERE held.in_term GROUP BY term.n, held.worker_id
"""


@tells(Credential)
def credential(leaf: Credential, asked: Asked) -> Told:
    """One credential that fits in every way, active on the day."""
    issued_by = None
    if leaf.held_months is not None:
        issued_by = latest_start(asked.plan.on, leaf.held_months)
        if issued_by is None:
            return Told(FALSE, FALSE)
    key = asked.plan.held.fit(
        any_of=leaf.any_of,
        of_kind=leaf.of_kind,
        training=leaf.minimum_training_minutes or 0,
        issued_by=issued_by,
        jurisdiction=asked.jurisdiction,
        other_state=bool(leaf.other_state),
        issued_after=leaf.issued_after,
        issued_before=leaf.issued_before,
    )
    return asked.mark(Place("credential", key))
