"""What tests of the record share: one worker with a job and a supervisor; nobody follows the tracking."""

from dataclasses import dataclass
from typing import Any

import pytest

from accounts.models import Organisation, User
from tests.builders.workers import a_worker, an_agreement, an_employment
from workers.models import Agreement, Employment, Worker


@dataclass
class Job:
    """Ana at her job, under Sam's supervision."""

    worker: Worker
    user: User
    employment: Employment
    employer: Organisation
    agreement: Agreement
    supervisor: User


@pytest.fixture(autouse=True)
def no_followers(settings: Any) -> None:
    """What follows from totals is tested where it is computed."""
    settings.TRACKING_FOLLOWERS = []


@pytest.fixture
def job(db: None) -> Job:
    employment = an_employment(a_worker())
    agreement = an_agreement(employment)
    return Job(
        worker=employment.worker,
        user=employment.worker.user,
        employment=employment,
        employer=employment.employer,
        agreement=agreement,
        supervisor=agreement.supervisor,
    )
