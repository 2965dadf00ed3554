"""Requirements and findings in plain words, English and Spanish."""

import re
from dataclasses import replace
from pathlib import Path
from string import Formatter

import pytest

from certification.requirements import judge_facts
from certification.requirements.explain import JUDGES
from certification.requirements.language import GROUP_KINDS, LEAF_KINDS, parse
from certification.requirements.sentences import LANGUAGES, asked, duration, reason, requirement_of, sentence

from .builders import judge, judge_record, record, work
from .test_language import FULL

LEVEL_TWO = {
    "all": [
        {"credential": {"any_of": ["mn-cps-1"]}},
        {
            "any": [
                {"experience": {"hours": 4000, "in": "peer_support", "supervised": True}},
                {"fee": {"usd": 50}},
            ]
        },
    ]
}


@pytest.mark.parametrize(
    ("requirement", "english", "spanish"),
    [
        (
            {"training": {"hours": 80, "topic": "peer_support", "approved": True}},
            "80 hours of approved training in peer support",
            "80 horas de capacitación aprobada en apoyo entre pares",
        ),
        (
            {"experience": {"hours": 1, "in": "peer_support", "within_months": 12, "pay": ["paid"]}},
            "1 hour of work in peer support, paid, in the last 12 months",
            "1 hora de trabajo en apoyo entre pares, pagado, en los últimos 12 meses",
        ),
        (
            {"experience": {"months": 6, "in": "peer_recovery", "supervised": True, "after": "mn-cps-1"}},
            "6 months of supervised work in peer recovery, worked while holding mn-cps-1",
            "6 meses de trabajo con supervisión en recuperación entre pares, mientras se tenía mn-cps-1",
        ),
        ({"age": {"at_least": 18, "at_most": 30}}, "From 18 to 30 years old", "Tener entre 18 y 30 años"),
        ({"recovery": {"months": 0}}, "Being in recovery", "Estar en recuperación"),
        (
            {"lived_experience": {"of": ["mental_health", "family"]}},
            "Lived experience of a mental health condition or supporting a family member",
            "Experiencia vivida: una condición de salud mental o apoyar a un familiar",
        ),
        (
            {
                "continuing_education": {
                    "hours": 20,
                    "within_months": 24,
                    "window": "calendar_year",
                    "by_topic": {"ethics": 2},
                }
            },
            "20 hours of continuing education, with at least 2 hours in ethics, in the calendar year",
            "20 horas de educación continua, con al menos 2 horas en ética, en el año calendario",
        ),
        (
            {"training": {"topic": "ethics", "completed_before": "2024-07-01"}},
            "Training in ethics, completed before July 1, 2024",
            "Capacitación en ética, terminada antes del 1 de julio de 2024",
        ),
        ({"fee": {"usd": 12.5}}, "A fee of $12.50", "Una cuota de $12.50"),
        (
            {
                "all": [
                    {"fee": {"usd": 5}},
                    {"any": [{"age": {"at_least": 18}}, {"document": {"what": "CV"}}]},
                ]
            },
            "All of these: a fee of $5; one of these (at least 18 years old; a document: CV)",
            "Todo esto: una cuota de $5; una de estas opciones (tener al menos 18 años; un documento: CV)",
        ),
        ({"not": {"fee": {"usd": 5}}}, "Not this: a fee of $5", "Que no se dé esto: una cuota de $5"),
    ],
)
def test_a_requirement_in_both_languages(requirement, english, spanish):
    assert sentence(parse(requirement)) == english
    assert sentence(parse(requirement), "es") == spanish


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", LEAF_KINDS)
def test_every_key_of_every_leaf_can_be_said(kind, language):
    words = LANGUAGES[language]
    whole = sentence(parse({kind: FULL[kind]}), language)
    assert whole[0].isupper() or not whole[0].isalpha()
    assert "{" not in whole
    said = {name for _, text in words.heads[kind] for _, name, _, _ in Formatter().parse(text) if name}
    said |= {key.partition(".")[2] for key in words.clauses if key.startswith(f"{kind}.")}
    # A qualification is told by its summary; its code is for machines.
    assert set(FULL[kind]) - said <= {"code", "months"}


def test_both_languages_say_the_same_things():
    english, spanish = LANGUAGES["en"], LANGUAGES["es"]
    for table in ("heads", "clauses", "flags", "choices", "nouns", "groups", "reasons", "parts", "changes"):
        assert set(getattr(english, table)) == set(getattr(spanish, table)), table
    for table in ("clauses", "reasons", "groups", "changes"):
        for key, text in getattr(english, table).items():
            names = {name for _, name, _, _ in Formatter().parse(text) if name}
            other = {name for _, name, _, _ in Formatter().parse(getattr(spanish, table)[key]) if name}
            assert names == other, key
    assert set(english.heads) == set(LEAF_KINDS) == {leaf.kind for leaf in JUDGES}
    assert set(GROUP_KINDS) <= set(english.groups)


def test_titles_of_levels_stand_in_place_of_codes():
    names = {"mn-cps-1": "Certified Peer Specialist Level I"}

    assert (
        sentence(parse(LEVEL_TWO["all"][0]), "en", names)
        == "An active credential: Certified Peer Specialist Level I"
    )


def test_a_language_with_a_region_is_its_language_and_others_read_english():
    leaf = parse({"fee": {"usd": 5}})

    assert sentence(leaf, "es-us") == "Una cuota de $5"
    assert sentence(leaf, "fr") == "A fee of $5"


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0, "0 h"), (45, "45 min"), (60, "1 h"), (72_030, "1,200 h 30 min"), (240_000, "4,000 h")],
)
def test_durations(minutes, text):
    assert duration(minutes) == text


HOURS = {"experience": {"hours": 4000, "in": "peer_support"}}


@pytest.mark.parametrize(
    ("requirement", "worker", "english", "spanish"),
    [
        (
            HOURS,
            {"experience": [work(1200.5)]},
            "1,200 h 30 min of 4,000 h; 2,799 h 30 min to go.",
            "1,200 h 30 min de 4,000 h; faltan 2,799 h 30 min.",
        ),
        (HOURS, {"experience": [work(4000)]}, "4,000 h of 4,000 h.", "4,000 h de 4,000 h."),
        ({"age": {"at_least": 18}}, {}, "No date of birth on record.", "No consta la fecha de nacimiento."),
        (
            {"age": {"at_most": 30}},
            {"born": "1990-01-01"},
            "36 years old; the limit is 30.",
            "36 años; el límite es 30.",
        ),
        (
            {"recovery": {"months": 24}},
            {"recovery_since": "2025-01-01"},
            "12 of 24 months; 12 to go.",
            "12 de 24 meses; faltan 12.",
        ),
        ({"references": {"count": 3}}, {"references": 1}, "1 of 3; 2 to go.", "1 de 3; faltan 2."),
        ({"document": {"what": "CV"}}, {}, "Not on record.", "No consta."),
        ({"document": {"what": "CV"}}, {"documents": ["cv"]}, "On record.", "Consta."),
        (
            {"credential": {"any_of": ["mn-cps-1"]}},
            {"credentials": [{"level": "mn-cps-1", "issued": "2020-01-01", "expires": "2022-12-31"}]},
            "The credential was good until December 31, 2022.",
            "La credencial fue válida hasta el 31 de diciembre de 2022.",
        ),
        (
            {"training": {"hours": 10, "topic": "a", "by_topic": {"ethics": 3}}},
            {"training": [{"topic": "a", "hours": 10}]},
            "10 h of 10 h; 3 h to go. Still short: ethics (0 h of 3 h).",
            "10 h de 10 h; faltan 3 h. Todavía falta: ética (0 h de 3 h).",
        ),
        (
            {"background_check": {"within_days": 90}},
            {"background_check": "2020-02-01"},
            "The last check is of February 1, 2020; a newer one is needed.",
            "La última verificación es del 1 de febrero de 2020; se necesita una más reciente.",
        ),
        (
            {"fee": {"usd": 50}},
            {"fees_paid": [20]},
            "$20 paid; $50 needed at once.",
            "$20 pagados; se piden $50 en un solo pago.",
        ),
        (
            {"education": {"at_least": "bachelor"}},
            {"education": "high_school"},
            "Not on record.",
            "No consta.",
        ),
        (
            {"any": [HOURS, {"document": {"what": "CV"}}]},
            {},
            "None of the ways is met; the nearest is: 4,000 hours of work in peer support.",
            "No se cumple ninguna opción; la más cercana es: 4,000 horas de trabajo en apoyo entre pares.",
        ),
        ({"all": [HOURS, {"not": HOURS}]}, {}, "1 of 2 are met.", "Se cumplen 1 de 2."),
    ],
)
def test_the_reason_of_a_finding(requirement, worker, english, spanish):
    finding = judge(requirement, **worker)

    assert reason(finding) == english
    assert reason(finding, "es") == spanish


def test_what_waits_is_said():
    row = {"topic": "a", "hours": 10}

    assert reason(judge({"training": {"topic": "a", "hours": 10}}, stated="training", training=[row])) == (
        "0 h of 10 h accepted; 10 h waiting for review."
    )
    assert reason(judge({"document": {"what": "CV"}}, stated="documents", documents=["cv"])) == (
        "Handed in; waiting for review."
    )


def test_hours_not_approved_yet_are_said_beside():
    of = record(experience=[work(8)])
    of = replace(of, experience=(replace(of.experience[0], pending=True),))

    assert reason(judge_record({"experience": {"hours": 10, "in": "peer_support"}}, of)) == (
        "0 h of 10 h; 10 h to go. 8 h not approved yet."
    )


def test_a_finding_says_what_was_asked():
    finding = judge(LEVEL_TWO)

    assert requirement_of(finding) == parse(LEVEL_TWO)
    assert asked(finding.children[0]) == "An active credential: mn-cps-1"
    assert asked(finding) == sentence(parse(LEVEL_TWO))


def test_no_word_that_wounds():
    for words in LANGUAGES.values():
        tables = [vars(words)[name] for name in ("heads", "clauses", "choices", "slugs", "reasons")]
        text = str([list(table.values()) for table in tables]).lower()
        assert not any(
            bad in text for bad in ("addict", "mentally ill", "consumer", "adicto", "enfermo mental")
        )


def test_every_reason_a_judge_gives_has_its_sentence():
    problems = (
        "not_held",
        "not_yet",
        "suspended",
        "expired",
        "same_state",
        "issued_too_early",
        "issued_too_late",
    )
    given = {f"credential.{problem}" for problem in (*problems, "training_short", "held_short")}
    given |= {"age.unknown", "age.over", "recovery.unknown", "exam.no_score", "background_check.too_old"}

    assert given <= set(LANGUAGES["en"].reasons)
    code = Path(judge_facts.__file__).read_text()
    assert set(re.findall(r'reason="([a-z_.]+)"', code)) <= given
