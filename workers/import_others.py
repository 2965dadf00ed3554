"""Files of sessions, completed training and people: few rows, each stored by the verb that a page would call.

A row is checked by storing it and taking it back, so that the check says what the storing will say.
"""

from collections.abc import Callable, Collection, Iterator
from datetime import date

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.refusals import Refused
from accounts.states import STATES
from workers import rosters, sessions, statements
from workers.cells import plain
from workers.import_rows import People, Row, Said, Weight, read
from workers.models import Agreement, Import, ImportRow, RosterLine, Statement, SupervisionSession, Worker
from workers.supervision import supervisors
from workers.words import Domain

Kind = Import.Kind
#: What a row made: the name of its kind -> id, kept so that it can be taken back.
Made = dict[str, int]
Store = Callable[[], Made]
#: These rows are stored one by one.
MOST_ROWS = 20_000


def rows(found: Import, *, places: Collection[int] | None = None) -> Iterator[tuple[Row, Store]]:
    """The rows of a file, or those at `places`, each with what would store it."""
    maker = MAKERS[found.kind](found)
    for count, row in enumerate(read(found), 1):
        if count > MOST_ROWS:
            raise Refused(
                _("This file has more than %(most)s rows. Send it in parts.") % {"most": f"{MOST_ROWS:,}"}
            )
        if places is None or row.place in places:
            yield row, maker(row)


def attempt(row: Row, store: Store) -> Made | None:
    """What a row made, or None; then the row says why."""
    try:
        with transaction.atomic():
            return store()
    except Present as present:
        row.said.append(Said("", present.message, weight=Weight.PRESENT))
    except Refused as refusal:
        row.wrong(refusal.field or "", refusal.message)
    return None


class Present(Refused):
    """Somebody put it in before."""


def _sessions(found: Import) -> Callable[[Row], Store]:
    people = People(found)
    agreements: dict[int, list[Agreement]] = {}
    of = Agreement.objects.select_related("supervisor", "worker__user", "employer")
    of = of.filter(worker=found.worker) if found.worker else of.filter(employer=found.organisation)
    for agreement in of:
        agreements.setdefault(agreement.worker_id, []).append(agreement)

    def maker(row: Row) -> Store:
        worker_id = people.worker(row)

        def store() -> Made:
            if worker_id is None:
                raise Refused(_("This is needed."), field="worker")
            agreement = _agreement(agreements.get(worker_id, []), row)
            try:
                session = sessions.record(
                    worker=agreement.worker,
                    by=found.uploaded_by,
                    agreement=agreement,
                    day=row.values["day"],
                    minutes=row.values["minutes"],
                    format=row.values.get("format", SupervisionSession.Format.INDIVIDUAL),
                    domain=row.values.get("domain", Domain.ETHICAL_RESPONSIBILITY),
                )
            except Refused as refusal:
                if refusal.message == str(sessions.TWICE):
                    raise Present(_("Already in the record.")) from refusal
                raise
            return {"session": session.pk}

        return store

    return maker


def _agreement(agreements: list[Agreement], row: Row) -> Agreement:
    """Under which this supervisor supervised on that day."""
    named, day = row.values["supervisor"], row.values["day"]
    fits = [one for one in agreements if _is(one.supervisor, named)]
    if not fits:
        raise Refused(
            _("“%(found)s” is not a supervisor of this worker.") % {"found": named}, field="supervisor"
        )
    on_day = [one for one in fits if one.started_on <= day <= (one.ended_on or date.max)]
    return (on_day or fits)[0]


def _is(user: User, named: str) -> bool:
    return named.casefold() == user.email.casefold() or plain(named) in (
        plain(str(user)),
        plain(f"{user.family_name} {user.given_name}"),
    )


def _completions(found: Import) -> Callable[[Row], Store]:
    worker = found.worker or Worker()

    def maker(row: Row) -> Store:
        def store() -> Made:
            provider = slugify(row.values.get("provider", ""))
            try:
                statement = statements.add(
                    worker=worker,
                    by=found.uploaded_by,
                    kind=row.values.get("kind", Statement.Kind.TRAINING),
                    code=row.values["code"],
                    name=row.values.get("name", ""),
                    minutes=row.values["minutes"],
                    day=row.values["day"],
                    details={"provider": provider} if provider else {},
                )
            except Refused as refusal:
                if refusal.field is None:  # the only refusal without a field: it is there already
                    raise Present(_("Already in the record.")) from refusal
                raise
            return {"statement": statement.pk}

        return store

    return maker


def _roster(found: Import) -> Callable[[Row], Store]:
    employer = found.organisation
    assert employer is not None  # noqa: S101 (only employers hand rosters in)
    members = {user.email.casefold(): user for user in supervisors(employer)}
    named = {plain(str(user)): user for user in members.values()}
    usual_state = employer.state or STATES[0][0]

    def maker(row: Row) -> Store:
        def store() -> Made:
            supervisor = None
            if word := row.values.get("supervisor"):
                supervisor = members.get(word.casefold()) or named.get(plain(word))
                if supervisor is None:
                    raise Refused(
                        _("“%(found)s” is not a supervisor of this employer.") % {"found": word},
                        field="supervisor",
                    )
            values = {name: value for name, value in row.values.items() if name != "supervisor"}
            line = rosters.propose(
                source=found,
                place=row.place,
                by=found.uploaded_by,
                supervisor=supervisor,
                **{"state": usual_state, **values},
            )
            if line is None:
                raise Present(_("Already on your roster, or asked before."))
            return {"line": line.pk}

        return store

    return maker


MAKERS: dict[str, Callable[[Import], Callable[[Row], Store]]] = {
    Kind.SESSIONS: _sessions,
    Kind.COMPLETIONS: _completions,
    Kind.ROSTER: _roster,
}


def take_back(found: Import) -> int:
    """Take back what rows made and nobody answered or confirmed. Returns how many."""
    made = [data for data in ImportRow.objects.filter(source=found).values_list("data", flat=True) if data]
    by = found.uploaded_by
    taken = 0
    wanted = [one["session"] for one in made if "session" in one]
    for session in SupervisionSession.objects.filter(pk__in=wanted, confirmed_on=None):
        sessions.discard(session, by=by)
        taken += 1
    wanted = [one["statement"] for one in made if "statement" in one]
    for statement in Statement.objects.standing().filter(pk__in=wanted):
        statements.withdraw(statement, by=by)
        taken += 1
    lines = RosterLine.objects.filter(source=found, answered_at=None, withdrawn_at=None)
    return taken + rosters.withdraw(lines, by=by)
