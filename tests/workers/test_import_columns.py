"""An empty file that was made in one language is read in the other."""

import pytest
from django.utils.translation import override

from workers.columns import FIELDS, fields_of, guess


@pytest.mark.parametrize("made_in", ["en", "es"])
@pytest.mark.parametrize("employer", [True, False])
@pytest.mark.parametrize("kind", list(FIELDS))
def test_every_column_of_an_empty_file_is_known_in_both_languages(kind, employer, made_in):
    fields = fields_of(kind, employer=employer)
    with override(made_in):
        headers = [str(field.label) for field in fields]

    for language in ("en", "es"):
        with override(language):
            found = guess(fields, headers)
        assert found == {field.name: place for place, field in enumerate(fields)}


@pytest.mark.parametrize("employer", [True, False])
@pytest.mark.parametrize("kind", list(FIELDS))
def test_no_two_columns_of_an_empty_file_have_one_name(kind, employer):
    for language in ("en", "es"):
        with override(language):
            labels = [str(field.label) for field in fields_of(kind, employer=employer)]
        assert len(set(labels)) == len(labels)
