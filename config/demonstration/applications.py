"""Applications in every state, with statements, files, decisions and, where approved, the credential."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from accounts.models import User
from certification import numbers, records, review
from certification.assessment import catalogue
from certification.judging import asked_by, to_review
from certification.models import Acceptance, Application, ApplicationItem, Ruling, Standard
from certification.requirements.explain import explain
from certification.requirements.findings import Finding, Verdict
from config.demonstration import files, standing
from config.demonstration.people import Life
from workers.models import Evidence, Statement

if TYPE_CHECKING:
    from config.demonstration.world import World

Status = Application.Status
Decision = ApplicationItem.Decision
#: Parts of people (see people.PARTS) that are the status of their application for the first level.
STATUSES = {status.value for status in Status}
#: Applications for an advanced level, by those whose hours suffice and who do not hold it yet.
ADVANCED = {
    "mn-cps-2": ("submitted", "in_review", "approved"),
    "mha-ncps": (
        "submitted",
        "in_review",
        "approved",
        "returned",
        "submitted",
        "draft",
        "denied",
        "in_review",
    ),
}
#: Days since it was handed in.
AGES = {
    "draft": (1, 5),
    "submitted": (1, 20),
    "in_review": (6, 45),
    "returned": (15, 40),
    "approved": (30, 160),
    "denied": (40, 120),
    "withdrawn": (20, 90),
}
DECIDED = (Status.APPROVED, Status.DENIED)
ASKED = "The certificate does not show how many hours the training had. Please send one that does."
REJECTED = "The training is not one of those the authority approved."
DENIED = "The training handed in is not approved. A new application is welcome after an approved one."
NOTHING_FOUND = Finding("all", "requires.all", Verdict.UNMET)
WITH_FILE = {"training", "education", "exam", "references", "document", "qualification", "background_check"}


@dataclass
class Filed:
    """One application on its way into the store."""

    life: Life
    standard: Standard
    status: str
    on: date
    reviewer: User
    application: Application
    finding: Finding = NOTHING_FOUND


def hand_in(world: "World", known: dict[str, Standard]) -> list[Filed]:
    """All applications; answers them."""
    filed = [_file(world, life, known[level], status) for life, level, status in _cast(world)]
    files_of = _state(world, filed)
    Application.objects.bulk_create(one.application for one in filed)
    _explain(world, filed)
    items = _lay_out(filed, files_of)
    for one in filed:
        _come_to(world, one, items[one.application.pk])
    _store(filed, items)
    _rule(world, filed, items)
    _issue(world, filed)
    _record(world, filed, items)
    return filed


def _cast(world: "World") -> list[tuple[Life, str, str]]:
    """Who applies for what, and how far it has come."""
    first = [(life, life.employer.level, life.part) for life in world.lives if life.part in STATUSES]
    chosen: list[tuple[Life, str, str]] = []
    taken: set[int] = set()
    for level, statuses in ADVANCED.items():
        needed = standing.TO_LEVEL_TWO if level == "mn-cps-2" else standing.TO_NCPS * 1.3
        able = [
            life
            for life in world.lives
            if life.minutes > needed
            and life.part == "holds"
            and life.user
            and not life.is_ana
            and life.held[-1:] == [life.employer.level]
            and level in (life.employer.advanced, "mha-ncps")
            and life.worker.pk not in taken
            and life.ended is None
            and life.worker.pk not in world.unlucky
        ]
        for life, status in zip(able, statuses, strict=False):
            taken.add(life.worker.pk)
            chosen.append((life, level, status))
    return first + chosen


def _file(world: "World", life: Life, standard: Standard, status: str) -> Filed:
    low, high = AGES[status]
    on = world.weekday_ago(world.rng.randint(low, high))
    application = Application(
        worker=life.worker,
        level=standard.level,
        authority=standard.level.program.authority,
        standard=standard,
        started_at=world.at(on - timedelta(days=4), 20),
    )
    numbers.number_application(application)
    reviewer = world.rng.choice(standing.staff(world, standard, "reviewer"))
    return Filed(life, standard, status, on, reviewer, application)


def _state(world: "World", filed: list[Filed]) -> dict[int, int]:
    """What each applicant states, with files for most of it: ids of files by statement. Drafts lack some."""
    statements: list[Statement] = []
    shown: list[tuple[Statement, Evidence]] = []
    for one in filed:
        if one.standard.requirement is None:
            continue
        first = one.standard.level.code == one.life.employer.level
        made = list(
            standing.stated(one.standard.requirement, one.life.worker, one.on, world, by_papers=first)
        )
        if one.status == Status.DRAFT:
            made = made[: len(made) // 2]
        statements += made
        for statement in made:
            if statement.kind in WITH_FILE:
                title = statement.name or f"{statement.get_kind_display()}"
                picture = statement.kind in ("references", "document")
                on = one.on - timedelta(days=2)
                shown.append((statement, files.evidence(world, one.life.worker, title, on, picture=picture)))
    Statement.objects.bulk_create(statements)
    Evidence.objects.bulk_create(evidence for _statement, evidence in shown)
    Statement.evidence.through.objects.bulk_create(
        Statement.evidence.through(statement=statement, evidence=evidence) for statement, evidence in shown
    )
    return {statement.pk: evidence.pk for statement, evidence in shown}


def _explain(world: "World", filed: list[Filed]) -> None:
    """What was found on the day each was handed in. The facts are read once; later ones do not count."""
    facts = records.load({one.life.worker.pk for one in filed}, on=world.today)
    levels = catalogue(world.today)
    for one in filed:
        program = one.standard.level.program
        if one.standard.requirement is not None:
            one.finding = explain(
                one.standard.requirement,
                facts[one.life.worker.pk].record(program.authority_id),
                one.on,
                levels,
                level=one.standard.level.code,
                jurisdiction=program.jurisdiction.code,
            )


def _lay_out(filed: list[Filed], files_of: dict[int, int]) -> dict[int, list[ApplicationItem]]:
    """The items of each application, with the statements that count toward them and their files."""
    items: dict[int, list[ApplicationItem]] = defaultdict(list)
    links: list[tuple[ApplicationItem, int]] = []
    for one in filed:
        places = {leaf.path: n for n, leaf in enumerate(one.finding.leaves())}
        for leaf in to_review(one.finding):
            unused = leaf.verdict == Verdict.UNMET and one.finding.verdict != Verdict.UNMET
            if unused and one.status != Status.DRAFT:
                continue
            item = ApplicationItem(
                application=one.application,
                position=places[leaf.path],
                path=leaf.path,
                kind=leaf.kind,
                requirement=asked_by(leaf),
            )
            items[one.application.pk].append(item)
            links += [
                (item, int(fact.removeprefix("statement:")))
                for fact in leaf.evidence
                if fact.startswith("statement:")
            ]
    ApplicationItem.objects.bulk_create(item for several in items.values() for item in several)
    stated, attached = ApplicationItem.statements.through, ApplicationItem.evidence.through
    stated.objects.bulk_create(
        stated(applicationitem=item, statement_id=statement) for item, statement in links
    )
    attached.objects.bulk_create(
        attached(applicationitem=item, evidence_id=files_of[statement])
        for item, statement in links
        if statement in files_of
    )
    return items


# How far each has come


def _come_to(world: "World", one: Filed, items: list[ApplicationItem]) -> None:
    """Set the status with everything that goes with it, as of the days on which it happened."""
    application, status = one.application, Status(one.status)
    application.status = status
    if status == Status.DRAFT:
        return
    application.submitted_by, application.submitted_on = one.life.user, world.at(one.on, 19)
    application.findings = one.finding.to_json()
    if status == Status.WITHDRAWN:
        application.reason = "I moved to another state."
        return
    if status == Status.SUBMITTED:
        return
    application.assigned_to = one.reviewer
    _review(one, items, world.at(_reviewed_on(world, one), 15))
    if status == Status.RETURNED:
        application.reason = "One thing is missing before we can go on."
    if status in DECIDED:
        application.decided_by, application.decided_on = one.reviewer, world.at(_decided_on(world, one), 16)
        application.reason = DENIED if status == Status.DENIED else ""


def _reviewed_on(world: "World", one: Filed) -> date:
    return min(one.on + timedelta(days=5), world.ago(1))


def _decided_on(world: "World", one: Filed) -> date:
    return min(one.on + timedelta(days=12), world.ago(1))


def _review(one: Filed, items: list[ApplicationItem], at: datetime) -> None:
    """In review, some is still open; a returned one lacks one thing; a denied one was refused one."""
    open_from = len(items) // 2 if one.status == Status.IN_REVIEW else len(items)
    asked = next((item for item in items if item.kind == "training"), items[0] if items else None)
    for n, item in enumerate(items):
        if n >= open_from:
            continue
        item.decision, item.decided_by, item.decided_on = Decision.ACCEPTED, one.reviewer, at
        if item is asked and one.status == Status.RETURNED:
            item.decision, item.reason = Decision.ASKED, ASKED
        if item is asked and one.status == Status.DENIED:
            item.decision, item.reason = Decision.REJECTED, REJECTED


def _store(filed: list[Filed], items: dict[int, list[ApplicationItem]]) -> None:
    Application.objects.bulk_update(
        [one.application for one in filed],
        [
            "status",
            "submitted_by",
            "submitted_on",
            "findings",
            "reason",
            "assigned_to",
            "decided_by",
            "decided_on",
        ],
    )
    decided = [item for several in items.values() for item in several if item.decided_on]
    ApplicationItem.objects.bulk_update(decided, ["decision", "reason", "decided_by", "decided_on"])
    accepted = {item.pk: item for item in decided if item.decision == Decision.ACCEPTED}
    accepted_on = {item.pk: item.decided_on for item in decided if item.decided_on}
    authorities = {one.application.pk: one.application.authority for one in filed}
    workers = {one.application.pk: one.life.worker for one in filed}
    through = ApplicationItem.statements.through.objects.filter(applicationitem__in=accepted)
    Acceptance.objects.bulk_create(
        (
            Acceptance(
                authority=authorities[accepted[item].application_id],
                worker=workers[accepted[item].application_id],
                statement_id=statement,
                item=accepted[item],
                accepted_by=accepted[item].decided_by,
                accepted_on=accepted_on[item],
            )
            for item, statement in through.values_list("applicationitem_id", "statement_id")
        ),
        ignore_conflicts=True,
    )


def _rule(world: "World", filed: list[Filed], items: dict[int, list[ApplicationItem]]) -> None:
    """Every decision with its reason, as it is kept for a hearing."""
    kept = [
        Ruling(
            application=item.application,
            path=item.path,
            what=item.decision,
            reason=item.reason,
            decided_by=item.decided_by,
            decided_on=item.decided_on,
        )
        for several in items.values()
        for item in several
        if item.decided_on
    ]
    ends = {Status.RETURNED: _reviewed_on, Status.APPROVED: _decided_on, Status.DENIED: _decided_on}
    kept += [
        Ruling(
            application=one.application,
            what=one.status,
            reason=one.application.reason,
            decided_by=one.reviewer,
            decided_on=world.at(ends[Status(one.status)](world, one), 16),
        )
        for one in filed
        if one.status in ends
    ]
    Ruling.objects.bulk_create(kept)


def _issue(world: "World", filed: list[Filed]) -> None:
    """A credential for each approved one."""
    issued = []
    for one in filed:
        if one.status == Status.APPROVED:
            made = standing.issued(world, one.life, one.standard, _decided_on(world, one))
            made.credential.application = one.application
            one.life.held.append(one.standard.level.code)
            issued.append(made)
    standing.save_credentials(world, issued)


# The trail and the notices


def _record(world: "World", filed: list[Filed], items: dict[int, list[ApplicationItem]]) -> None:
    for one in filed:
        _lines(world, one, items[one.application.pk])
        message = {
            Status.RETURNED: review.RETURNED,
            Status.APPROVED: review.APPROVED,
            Status.DENIED: review.DENIED,
        }.get(Status(one.status))
        if message:
            world.tell(
                one.life.user,
                message,
                on=_decided_on(world, one) if one.status in DECIDED else _reviewed_on(world, one),
                url=f"/applications/{one.application.number}/",
                read=one.status != Status.RETURNED,
                number=one.application.number,
            )


def _lines(world: "World", one: Filed, items: list[ApplicationItem]) -> None:
    """The trail, as the actions would have left it."""
    applicant, application = one.life.user, one.application
    authority = application.authority.organisation_id

    def line(verb: str, by: User | None, on: date, hour: int, **data: object) -> None:
        world.happened(
            f"application.{verb}", application, by=by, on=on, hour=hour, organisation=authority, **data
        )

    line("started", applicant, one.on - timedelta(days=4), 20)
    if one.status == Status.DRAFT:
        return
    line("submitted", applicant, one.on, 19, standard=str(one.standard), again=False)
    if one.status == Status.WITHDRAWN:
        line("withdrawn", applicant, one.on + timedelta(days=6), 9, was="submitted")
    if application.assigned_to is None:
        return
    line("assigned", one.reviewer, _reviewed_on(world, one), 14, to=one.reviewer.pk)
    for item in items:
        if item.decided_on:
            line(
                f"item_{item.decision}",
                one.reviewer,
                _reviewed_on(world, one),
                15,
                item=item.pk,
                path=item.path,
                reason=item.reason,
            )
    if one.status == Status.RETURNED:
        asked = [item.path for item in items if item.decision == Decision.ASKED]
        line("returned", one.reviewer, _reviewed_on(world, one), 16, reason=application.reason, asked=asked)
    elif one.status == Status.APPROVED:
        line("approved", one.reviewer, _decided_on(world, one), 16)
    elif one.status == Status.DENIED:
        line("denied", one.reviewer, _decided_on(world, one), 16, reason=application.reason)
