"""Every text is there in Spanish, and what is compiled is what was translated. Mend with `make messages`."""

import gettext
import re

import pytest

from tests.messages import ROOT, SOURCES, Catalogue, left_in_english, unmarked, wanted

FOLDER = ROOT / "locale/es/LC_MESSAGES"
#: The same in every language.
NAMES = {"Peerladder", "JSON", "YAML", "PDF", "API", "CSV", "ZIP", "Excel", "SHA", "English", "Español"}
PLACES = re.compile(r"%%|%\((\w+)\)[sd]|%[sd]")
#: Words that we do not say of people, in either language.
UNSAID = re.compile(
    r"\b(addicts?|mentally ill|consumers?|abusers?|adict[oa]s?|enferm[oa]s? mental(es)?|consumidor(es)?)\b",
    re.IGNORECASE,
)
FAMILIAR = re.compile(r"\b(tú|tu|tus|ti|contigo|tuy[oa]s?|puedes|tienes|quieres|eres)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def spanish() -> Catalogue:
    return Catalogue(FOLDER / "django.po")


def test_every_text_of_ours_is_in_the_catalogue_and_nothing_else(spanish):
    texts = wanted()

    assert texts - set(spanish.entries) == set()
    assert set(spanish.entries) - texts == set()


def test_every_text_is_translated_and_none_is_a_guess(spanish):
    assert [entry.key for entry in spanish.entries.values() if not all(entry.texts.values())] == []
    assert [entry.key for entry in spanish.entries.values() if entry.fuzzy] == []


def test_what_is_compiled_is_what_was_translated(spanish):
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog

    compiled.pop("")
    assert compiled == spanish.compiled()


def test_a_translation_fills_in_the_same_places(spanish):
    wrong = []
    for entry in spanish.entries.values():
        asked = set(PLACES.findall(entry.key[1])) | set(PLACES.findall(entry.plural or ""))
        given = set().union(*(PLACES.findall(text) for text in entry.texts.values()))
        # Of one thing the number may be left out: "queda un código".
        if asked != given and not (entry.plural and given <= asked):
            wrong.append((entry.key[1], entry.texts))

    assert wrong == []


def test_both_languages_speak_of_people_with_respect_and_spanish_says_usted(spanish):
    said = [text for entry in spanish.entries.values() for text in (entry.key[1], *entry.texts.values())]
    translated = [text for entry in spanish.entries.values() for text in entry.texts.values()]

    assert [text for text in said if UNSAID.search(text)] == []
    assert [text for text in translated if FAMILIAR.search(text)] == []


def test_no_template_says_anything_that_is_not_marked():
    # The gallery of components is for those who build the pages.
    templates = [path for path in (ROOT / "templates").rglob("*.[ht][tx][mt]*") if path.name != "design.html"]
    found = {str(path.relative_to(ROOT)): left_in_english(path.read_text()) for path in templates}

    assert {path: words for path, words in found.items() if set(words) - NAMES} == {}


def test_no_refusal_and_no_message_is_left_unmarked():
    found = {
        f"{path.relative_to(ROOT)}:{line}": text
        for folder in SOURCES
        for path in (ROOT / folder).rglob("*.py")
        for line, text in unmarked(path.read_text())
    }

    assert found == {}


@pytest.mark.django_db
def test_a_page_comes_in_the_language_that_is_asked_for(client):
    page = client.get("/", headers={"Accept-Language": "es"}).content.decode()

    assert '<html lang="es"' in page
    assert "Crear una cuenta" in page
