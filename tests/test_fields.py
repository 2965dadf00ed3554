"""Every field that is stored is classed by who may come to know it."""

from collections import Counter

import pytest
from django.apps import apps
from django.db import models

from accounts.field_classes import CLASSES, FieldClass, classes_of
from config.logs import ALLOWED_KEYS

OURS = ("accounts", "workers", "certification", "registry", "ladder")


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in OURS]


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_every_field_is_classed(model):
    fields = {field.name for field in (*model._meta.concrete_fields, *model._meta.many_to_many)}

    assert set(classes_of(model)) == fields


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_no_field_is_classed_twice(model):
    names = Counter(name for names in CLASSES[model._meta.label].values() for name in names.split())

    assert [name for name, times in names.items() if times > 1] == []


def test_only_models_that_exist_are_classed():
    assert set(CLASSES) == {model._meta.label for model in our_models()}


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_what_looks_like_a_secret_is_one(model):
    looks = ("password", "token", "digest")
    suspects = {
        name: field_class
        for name, field_class in classes_of(model).items()
        if any(part in name for part in looks) and model._meta.label != "certification.Standard"
    }

    assert set(suspects.values()) <= {FieldClass.SECRET}


def test_no_log_line_carries_a_key_that_names_a_person():
    names = {"email", "given_name", "family_name", "born_on", "note", "password", "user", "params"}

    assert not names & ALLOWED_KEYS
