"""Applications, as the applicant makes them: start, fill in, hand in, withdraw, hand in again.

    application = applications.start(worker=ana, level=level, by=ana.user)
    applications.answer(item=item, by=ana.user, text="...", evidence=[diploma])
    applications.submit(application=application, by=ana.user)

The authority's side is `certification.review`.
"""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_noop, ngettext
from django.utils.translation import gettext as _

from accounts import notices, trail
from accounts.models import User
from accounts.policy import Permission, may
from accounts.refusals import Refused, translate
from certification import issuing, numbers
from certification.credentials import Status as Standing
from certification.judging import Case, asked_by, day_of, requirement_of, to_review
from certification.models import Application, ApplicationItem, Credential, Level, Standard
from certification.requirements import sentences
from certification.requirements.findings import Finding, Verdict
from certification.requirements.nearest import can_apply, keeps_out
from certification.steps import Step, locked, target
from workers.models import Evidence, Worker

Status = Application.Status
Decision = ApplicationItem.Decision

OPEN_ONCE = {
    "application_open_once": (None, gettext_noop("You have an open application for this level already.")),
}


def missing(leaves: Iterable[Finding]) -> list[str]:
    """Leaves in words, as what is missing."""
    language = get_language() or "en"
    return [sentences.asked(leaf, language[:2]) for leaf in leaves]


def standard_in_force(level: Level, on: date) -> Standard:
    """The version that an application handed in on that day is judged by. Refused when there is none."""
    found = Standard.objects.in_force(on).filter(level=level)
    standard = found.select_related("level__program__authority", "level__program__jurisdiction").first()
    if standard is None or standard.requirement is None:
        raise Refused(_("No source says what this level requires, so nobody can be judged by it here."))
    return standard


def opening(*, worker: Worker, level: Level, on: date | None = None) -> Case:
    """The case with which `worker` may start an application for `level`. Refused with what is missing."""
    on = on or day_of(timezone.now())
    if level.withdrawn_at or level.program.withdrawn_at:
        raise Refused(_("This level is no longer offered."))
    if level.program.authority.organisation_id is None:
        raise Refused(_("This authority does not take applications here yet. Apply to it directly."))
    case = Case(worker, standard_in_force(level, on), on)
    held = Credential.objects.filter(worker=worker, level=level).with_status(on)
    if there := held.in_status(Standing.ACTIVE, Standing.SUSPENDED).first():
        raise Refused(_("You hold this credential already: %(number)s.") % {"number": there.number})
    if not can_apply(case.finding):
        computed = [leaf for leaf in keeps_out(case.finding) if leaf.computed or leaf.forbidden]
        raise Refused(_("Still missing: %(what)s") % {"what": "; ".join(missing(computed))})
    issuing.expiry(case.standard, worker, on=on)
    return case


def start(*, worker: Worker, level: Level, by: User, on: date | None = None) -> Application:
    """A draft with one item for each requirement that a person looks at.

    Refused when something is missing that cannot be handed in with it, or when one is open already.
    """
    if not may(by, Permission.APPLICATION_SUBMIT, on=worker):
        raise Refused(_("An application is made by the person it is for."))
    case = opening(worker=worker, level=level, on=on)
    with translate({name: (field, _(text)) for name, (field, text) in OPEN_ONCE.items()}):
        application = Application(
            worker=worker, level=level, authority=level.program.authority, standard=case.standard
        )
        numbers.number_application(application)
        application.save(force_insert=True)
        _lay_out(application, case)
        trail.record(
            "application.started",
            subject=application,
            by=by,
            organisation_id=application.authority.organisation_id,
        )
    return application


def _lay_out(application: Application, case: Case) -> None:
    """Make the items those that the applicant's way asks for, each with the statements that serve it.

    What was accepted stays as it is; items that are no longer on the way go, with what was written there.
    """
    leaves = to_review(case.finding)
    existing = {item.path: item for item in application.items.all()}
    order = {path: position for position, path in enumerate(case.leaves)}
    wanted = {leaf.path for leaf in leaves}
    gone = [item.pk for path, item in existing.items() if path not in wanted and item.decided_on is None]
    ApplicationItem.objects.filter(pk__in=gone).delete()
    for leaf in leaves:
        item = existing.get(leaf.path)
        if item and item.requirement != asked_by(leaf):  # another version of the standard
            item.requirement = asked_by(leaf)
            item.save(update_fields=["requirement"])
    ApplicationItem.objects.bulk_create(
        [
            ApplicationItem(
                application=application,
                position=order[leaf.path],
                path=leaf.path,
                kind=leaf.kind,
                requirement=asked_by(leaf),
            )
            for leaf in leaves
            if leaf.path not in existing
        ]
    )
    _link(application, case)


def _link(application: Application, case: Case) -> None:
    """Put to each undecided item the statements that count toward it, and their files."""
    items = list(application.items.exclude(decision=Decision.ACCEPTED))
    serving = {item.pk: case.serving(requirement_of(item.requirement)) for item in items}
    through = ApplicationItem.statements.through
    through.objects.filter(applicationitem__in=items).delete()
    through.objects.bulk_create(
        through(applicationitem_id=item, statement_id=statement)
        for item, statements in serving.items()
        for statement in statements
    )
    files = Evidence.statements.through.objects.filter(
        statement__in={statement for statements in serving.values() for statement in statements}
    )
    of_statement: dict[int, list[int]] = {}
    for statement, evidence in files.values_list("statement_id", "evidence_id"):
        of_statement.setdefault(statement, []).append(evidence)
    attached = ApplicationItem.evidence.through
    attached.objects.bulk_create(
        (
            attached(applicationitem_id=item, evidence_id=evidence)
            for item, statements in serving.items()
            for statement in statements
            for evidence in of_statement.get(statement, ())
        ),
        ignore_conflicts=True,
    )


def judged_by(application: Application, on: date) -> Standard:
    """The version that it is judged by when handed in on that day.

    The one in force; for an application that was handed in before, the one it was first judged by.
    """
    if application.submitted_on:
        return application.standard
    return standard_in_force(application.level, on)


def refresh(*, application: Application, by: User) -> Application:
    """Bring the items up to date with what the worker stated, and a draft with the standard in force."""
    with transaction.atomic():
        fresh = locked(application, Step.EDIT, by=by)
        on = day_of(timezone.now())
        fresh.standard = judged_by(fresh, on)
        fresh.save(update_fields=["standard"])
        _lay_out(fresh, Case(fresh.worker, fresh.standard, on))
    return fresh


def catch_up(*, application: Application, by: User) -> bool:
    """Bring a draft up to date once another version came into force; whether one did."""
    if application.status != Status.DRAFT:
        return False
    try:
        if judged_by(application, day_of(timezone.now())).pk == application.standard_id:
            return False
    except Refused:  # no version is in force: what was written stays as it is
        return False
    refresh(application=application, by=by)
    return True


def answer(
    *, item: ApplicationItem, by: User, text: str | None = None, evidence: Iterable[Evidence] = ()
) -> ApplicationItem:
    """Write something about an item (None leaves what is there) and attach files of one's own to it."""
    files = list(evidence)
    with transaction.atomic():
        application = locked(item.application, Step.EDIT, by=by)
        if any(file.worker_id != application.worker_id for file in files):
            raise Refused(_("Only your own files can be attached."), field="evidence")
        if text is not None and text.strip() != item.answer:
            item.answer = text.strip()
            item.save(update_fields=["answer"])
        item.evidence.add(*files)
        _lay_out(application, Case(application.worker, application.standard, day_of(timezone.now())))
        trail.record(
            "application.item_answered",
            subject=application,
            by=by,
            organisation_id=application.authority.organisation_id,
            path=item.path,
            files=len(files),
        )
    return item


def detach(*, item: ApplicationItem, evidence: Evidence, by: User) -> None:
    """Take a file away from an item again. The file stays in the worker's record."""
    with transaction.atomic():
        application = locked(item.application, Step.EDIT, by=by)
        item.evidence.remove(evidence)
        trail.record(
            "application.file_detached",
            subject=application,
            by=by,
            organisation_id=application.authority.organisation_id,
            path=item.path,
        )


def submit(*, application: Application, by: User) -> Application:
    """Hand it in. Keeps the findings as they stand; a second press of the button changes nothing.

    Judged by the standard in force today; handed in again after a return, by the one it was first judged by.
    Refused with what is missing.
    """
    with transaction.atomic():
        there = Application.objects.select_for_update().get(pk=application.pk)
        if there.status == Status.SUBMITTED and there.submitted_by_id == by.pk:
            return there
        fresh = locked(application, Step.SUBMIT, by=by)
        now = timezone.now()
        again = fresh.status == Status.RETURNED
        standard = judged_by(fresh, day_of(now))
        case = Case(fresh.worker, standard, day_of(now))
        issuing.expiry(standard, fresh.worker, on=case.on)
        _lay_out(fresh, case)
        _drop_unused(fresh, case)
        _require_all(fresh, case)
        fresh.items.exclude(decision=Decision.ACCEPTED).update(
            decision=Decision.OPEN, reason="", decided_by=None, decided_on=None
        )
        fresh.status = target(Step.SUBMIT)
        fresh.standard = standard
        fresh.submitted_by, fresh.submitted_on = by, now
        fresh.findings = case.finding.to_json()
        fresh.reason = ""
        fresh.save(update_fields=["status", "standard", "submitted_by", "submitted_on", "findings", "reason"])
        trail.record(
            "application.submitted",
            subject=fresh,
            by=by,
            organisation_id=fresh.authority.organisation_id,
            standard=str(standard),
            again=again,
        )
        if again and fresh.assigned_to:
            notices.tell(
                fresh.assigned_to,
                gettext_noop("Application %(number)s was handed in again."),
                url=reverse("certification:desk_application", args=[fresh.number]),
                number=fresh.number,
            )
    return fresh


def _drop_unused(application: Application, case: Case) -> None:
    """Alternatives for which nothing was handed in, where another way is taken."""
    if case.finding.verdict == Verdict.UNMET:
        return
    undecided = application.items.filter(decided_on=None)
    unused = [item.pk for item in undecided if case.leaves[item.path].verdict == Verdict.UNMET]
    ApplicationItem.objects.filter(pk__in=unused).delete()


def _require_all(application: Application, case: Case) -> None:
    if out := keeps_out(case.finding):
        raise Refused(
            ngettext("This is still missing: %(what)s", "These are still missing: %(what)s", len(out))
            % {"what": "; ".join(missing(out))}
        )
    # A profile or a job may speak for a requirement; what the authority accepts is the person's statement.
    for item in application.items.filter(statements=None).exclude(decision=Decision.ACCEPTED):
        if case.leaves[item.path].verdict == Verdict.WAITING:
            raise Refused(_("State this yourself: %(what)s") % {"what": missing([case.leaves[item.path]])[0]})


def withdraw(*, application: Application, by: User, reason: str = "") -> Application:
    """Take it back. What was stated and uploaded stays in the worker's record."""
    with transaction.atomic():
        fresh = locked(application, Step.WITHDRAW, by=by)
        before = fresh.status
        fresh.status = target(Step.WITHDRAW)
        fresh.reason = reason.strip()
        fresh.save(update_fields=["status", "reason"])
        trail.record(
            "application.withdrawn",
            subject=fresh,
            by=by,
            organisation_id=fresh.authority.organisation_id,
            was=before,
        )
        if fresh.assigned_to:
            notices.tell(
                fresh.assigned_to,
                gettext_noop("Application %(number)s was withdrawn."),
                url=reverse("certification:desk_application", args=[fresh.number]),
                number=fresh.number,
            )
    return fresh
