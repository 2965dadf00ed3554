"""What holds for every model."""

import pytest
from django.db import models

from tests.test_fields import our_models

#: `_by` without `_on`, for a reason.
ALONE: dict[str, set[str]] = {}


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_whoever_did_it_did_it_on_a_day(model):
    names = {field.name for field in model._meta.get_fields()}
    lonely = {
        name for name in names if name.endswith("_by") and f"{name.removesuffix('_by')}_on" not in names
    }

    assert lonely <= ALONE.get(model._meta.label, set())


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_who_and_when_are_stated_together_or_the_database_refuses(model):
    """Where both may be missing, a constraint names both."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    pairs = [
        (name, f"{name.removesuffix('_by')}_on")
        for name, field in fields.items()
        if name.endswith("_by") and field.null
    ]
    checked = [
        str(constraint.condition)
        for constraint in model._meta.constraints
        if isinstance(constraint, models.CheckConstraint)
    ]

    unguarded = [
        who
        for who, when in pairs
        if fields[when].null and not any(who in text and when in text for text in checked)
    ]
    assert not unguarded


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_a_row_can_say_what_it_is(model):
    assert "__str__" in vars(model)


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_constraints_and_indexes_have_names_of_their_own(model):
    meant = [*model._meta.constraints, *model._meta.indexes]

    assert all(found.name and len(found.name) <= 63 for found in meant)
