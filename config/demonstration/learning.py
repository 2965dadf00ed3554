"""Courses of a provider, who approved them, what waits to be confirmed, and what qualifies supervisors."""

from datetime import date
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from accounts.roles import Role
from certification.models import CourseApproval
from config.demonstration.cast import ADA, ANA, LINH, OLIVE, SAMUEL, TESS
from workers import learning
from workers.models import Completion, Course, SupervisorStatus
from workers.models.supervision import Basis

if TYPE_CHECKING:
    from config.demonstration.world import World

COURSES: tuple[tuple[str, str, str, int, dict[str, int], str], ...] = (
    ("Peer specialist core training", "training", "peer_support", 40, {"ethics": 6, "boundaries": 4}, "live"),
    ("Ethics in peer work", "continuing_education", "ethics", 6, {}, "online"),
    ("Supervising peer workers", "training", "peer_supervision", 12, {}, "live"),
)
QUALIFIED_DAYS_AGO = 1550


def teach(world: "World") -> None:
    """A provider keeps three courses, Minnesota approves two; Ana and Linh have one to confirm."""
    provider = world.organisations[TESS.organisation]
    tess = world.people[TESS.email]
    courses = Course.objects.bulk_create(
        Course(
            provider=provider,
            kind=kind,
            title=title,
            code=code,
            minutes=hours * 60,
            by_topic={topic: share * 60 for topic, share in topics.items()},
            mode=mode,
            made_by=tess,
            made_on=world.at(world.ago(700)),
        )
        for title, kind, code, hours, topics, mode in COURSES
    )
    ada = world.people[ADA.email]
    CourseApproval.objects.bulk_create(
        CourseApproval(
            authority=world.authorities[ADA.organisation],
            course=course,
            started_on=world.ago(690),
            approved_by=ada,
            approved_on=world.at(world.ago(690)),
        )
        for course in courses[:2]
    )
    _wait(world, courses[1], world.weekday_ago(6), (ANA.email, LINH.email))
    _qualify(world)


def _wait(world: "World", course: Course, day: date, emails: tuple[str, ...]) -> None:
    tess = world.people[TESS.email]
    uploaded = world.at(world.ago(2))
    Completion.objects.bulk_create(
        Completion(
            course=course,
            client_id=uuid5(NAMESPACE_URL, f"{course.title} {email}"),
            email=email,
            day=day,
            uploaded_by=tess,
            uploaded_on=uploaded,
        )
        for email in emails
    )
    for email in emails:
        world.tell(
            world.people.get(email),
            learning.UPLOADED,
            on=uploaded.date(),
            url="/record/courses/",
            read=False,
            provider=course.provider.name,
            course=course.title,
        )


def _qualify(world: "World") -> None:
    """What Samuel's employer recorded of him, for all the days on which he supervises."""
    SupervisorStatus.objects.create(
        supervisor=world.people[SAMUEL.email],
        basis=Basis.QUALIFIED_SUPERVISOR,
        voucher=world.organisations[SAMUEL.organisation],
        evidence="Supervisor training, employee file",
        started_on=world.ago(QUALIFIED_DAYS_AGO),
        vouched_by=world.members[OLIVE.organisation, Role.OWNER][0],
        vouched_on=world.at(world.ago(400)),
    )
