"""Employers' ladders: made from a template, shown to workers, taken back."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import trail
from accounts.models import Organisation, User
from accounts.refusals import Refused, translate
from certification.models import Level
from certification.requirements.language import parse
from ladder import plans
from ladder.models import Ladder, Rung, Step, Track
from ladder.plans import Plan, PlanError, RungPlan, TrackPlan, Wage


@transaction.atomic
def create(*, employer: Organisation, template: str, title: str = "", by: User) -> Ladder:
    """An unpublished ladder of `employer`, filled from a shipped template.

    Refused when no such template is shipped, when the employer has a ladder of that title, or when the
    template names a level that the catalogue does not hold.
    """
    plan = plans.shipped().get(template)
    if plan is None:
        raise Refused(_("There is no such template."), field="template")
    _check(plan, field="template")
    taken = {"ladder_title_once_an_employer": ("title", _("You already have a ladder with this title."))}
    with translate(taken):
        ladder = Ladder.objects.create(
            employer=employer, title=title or plan.title, summary=plan.summary, template=plan.code
        )
    fill(ladder, plan)
    trail.record(
        "ladder.created", subject=ladder, by=by, organisation_id=ladder.employer_id, template=plan.code
    )
    return ladder


def fill(ladder: Ladder, plan: Plan) -> None:
    """Tracks, rungs and steps of `plan`, in three statements."""
    tracks = Track.objects.bulk_create(
        Track(ladder=ladder, title=one.title, kind=one.kind, position=position)
        for position, one in enumerate(plan.tracks)
    )
    rungs = Rung.objects.bulk_create(
        Rung(
            track=track,
            code=rung.code,
            title=rung.title,
            purpose=rung.purpose,
            duties=list(rung.duties),
            height=rung.height,
            requires=rung.requires.to_data() if rung.requires else None,
            **_wage_fields(rung.wage),
        )
        for track, one in zip(tracks, plan.tracks, strict=True)
        for rung in one.rungs
    )
    by_code = {rung.code: rung for rung in rungs}
    Step.objects.bulk_create(Step(below=by_code[below], above=by_code[above]) for below, above in plan.steps)


def _wage_fields(wage: Wage | None) -> dict[str, object]:
    if wage is None:
        return {}
    return {
        "wage_unit": wage.unit,
        "wage_low": wage.low,
        "wage_high": wage.high,
        "wage_note": wage.note,
    }


@transaction.atomic
def publish(ladder: Ladder, *, by: User, at: datetime | None = None) -> None:
    """Show the ladder to the people who work for the employer. Checked once more as a whole before that."""
    ladder = Ladder.objects.select_for_update().get(pk=ladder.pk)
    if ladder.published_at:
        raise Refused(_("This ladder is published already."))
    _check(as_plan(ladder))
    ladder.published_at = at or timezone.now()
    ladder.save(update_fields=["published_at"])
    trail.record("ladder.published", subject=ladder, by=by, organisation_id=ladder.employer_id)


@transaction.atomic
def unpublish(ladder: Ladder, *, by: User) -> None:
    """Hide the ladder from workers. Who stands on it goes on standing there."""
    ladder = Ladder.objects.select_for_update().get(pk=ladder.pk)
    if not ladder.published_at:
        raise Refused(_("This ladder is not published."))
    ladder.published_at = None
    ladder.save(update_fields=["published_at"])
    trail.record("ladder.unpublished", subject=ladder, by=by, organisation_id=ladder.employer_id)


def _check(plan: Plan, *, field: str | None = None) -> None:
    try:
        plans.check(plan, levels=set(Level.objects.open().values_list("code", flat=True)))
    except PlanError as problem:
        raise Refused(
            _("This ladder cannot be used yet: %(problem)s") % {"problem": problem}, field=field
        ) from problem


def as_plan(ladder: Ladder) -> Plan:
    """A stored ladder as the plan that would make it."""
    rungs = list(Rung.objects.filter(track__ladder=ladder))
    steps = Step.objects.filter(below__track__ladder=ladder).values_list("below__code", "above__code")
    return Plan(
        path=ladder.title,
        code=ladder.template or "own",
        title=ladder.title,
        summary=ladder.summary,
        tracks=tuple(
            TrackPlan(
                code=f"track-{track.position}",
                title=track.title,
                kind=track.kind,
                rungs=tuple(_rungs_of(ladder, track, rungs)),
            )
            for track in ladder.tracks.all()
        ),
        steps=tuple(steps),
    )


def _rungs_of(ladder: Ladder, track: Track, rungs: list[Rung]) -> Iterable[RungPlan]:
    for rung in rungs:
        if rung.track_id != track.pk:
            continue
        path = f"{ladder.title}.{rung.code}"
        yield RungPlan(
            path=path,
            code=rung.code,
            title=rung.title,
            height=rung.height,
            purpose=rung.purpose,
            duties=tuple(rung.duties),
            wage=_wage_of(rung),
            requires=parse(rung.requires, path=f"{path}.requires") if rung.requires else None,
        )


def _wage_of(rung: Rung) -> Wage | None:
    if rung.wage_low is None or rung.wage_high is None:
        return None
    return Wage(unit=rung.wage_unit, low=rung.wage_low, high=rung.wage_high, note=rung.wage_note)
