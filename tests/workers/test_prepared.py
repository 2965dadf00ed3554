"""What is asked by hand for the sake of speed gives what the ORM gives."""

from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import prepared
from accounts.authentication import SessionStore, user_of
from accounts.models import User
from tests import databases
from tests.builders.workers import an_employment
from workers.api import jobs
from workers.models import Employment, HourEntry, Worker

BACKEND = "django.contrib.auth.backends.ModelBackend"


def values(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


@pytest.mark.parametrize("model", [User, Worker, Employment, HourEntry])
def test_no_column_of_a_prepared_row_needs_the_orm_to_be_read(model):
    kinds = {field.get_internal_type() for field in model._meta.concrete_fields}

    assert not kinds & {"JSONField", "BinaryField", "DurationField"}
    assert not [field for field in model._meta.concrete_fields if hasattr(field, "from_db_value")]


@pytest.fixture
def token(job):
    client = Client()
    client.force_login(job.user, backend=BACKEND)
    return client.session.session_key


def test_a_token_stands_for_whoever_signed_in(job, token):
    user = user_of(SessionStore(token))

    assert values(user) == values(User.objects.get(pk=job.user.pk))
    assert not user._state.adding


def test_a_token_that_is_unknown_or_has_run_out_stands_for_nobody(job, token):
    assert user_of(SessionStore(uuid4().hex)) is None

    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert user_of(SessionStore(token)) is None


def test_a_token_from_before_the_password_changed_stands_for_nobody_and_is_gone(job, token):
    job.user.set_password("something else")
    job.user.save()

    assert user_of(SessionStore(token)) is None
    assert not Session.objects.filter(session_key=token).exists()


def test_a_token_of_somebody_who_may_not_sign_in_any_more_stands_for_nobody(job, token):
    User.objects.filter(pk=job.user.pk).update(is_active=False)

    assert user_of(SessionStore(token)) is None


def test_a_token_from_before_the_secret_key_changed_is_still_good(job, token, settings):
    data = SessionStore(token).load()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "n" * 60

    session = SessionStore(token)

    assert user_of(session) == job.user
    assert session[HASH_SESSION_KEY] != data[HASH_SESSION_KEY]  # Django renewed it


def test_a_job_is_found_by_its_id_where_it_is_ones_own(job):
    others = an_employment()

    found = jobs._own_job({"employment": job.employment.pk}, job.user)

    assert found in Employment.objects.taking_hours_from(job.user)
    assert values(found) == values(Employment.objects.get(pk=found.pk))
    assert values(found.worker) == values(job.worker)
    assert jobs._own_job({"employment": others.pk}, job.user) is None


@pytest.mark.parametrize(
    "sent", [None, [], {}, {"employment": True}, {"employment": -1}, {"employment": 2**63}]
)
def test_what_is_no_id_of_a_job_is_left_to_the_serializer(job, sent):
    assert jobs._own_job(sent, job.user) is None


def test_a_connection_that_was_cut_between_two_calls_is_made_again(transactional_db):
    prepared.rows("SELECT 1", [])
    with psycopg.connect(databases.url_of(connection.settings_dict["NAME"]), autocommit=True) as another:
        another.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
    connection.close_if_unusable_or_obsolete()  # as each request begins

    assert prepared.rows("SELECT 1", []) == [(1,)]
