"""Whatever hours the catalogue asks for, a worker can log."""

import pytest

from certification.catalogue.files import shipped
from certification.requirements.language import walk
from certification.requirements.leaves import Experience
from workers.words import Domain, Work, domains_offered, work_offered


def asked_of_experience():
    return [
        (standard.code, leaf)
        for standard in shipped().standards.values()
        for tree in (standard.requires, standard.renewal)
        if tree
        for _, leaf in walk(tree)
        if isinstance(leaf, Experience)
    ]


def test_the_ledger_holds_every_kind_of_work_and_domain_that_a_standard_counts():
    asked = asked_of_experience()
    kinds = {(leaf.work, code) for code, leaf in asked}
    domains = {(slug, code) for code, leaf in asked for slug, _ in leaf.by_domain or ()}
    assert len(kinds) > 50
    assert domains
    assert [one for one in kinds if one[0] not in Work.values] == []
    assert [one for one in domains if one[0] not in Domain.values] == []


@pytest.mark.parametrize(("offered", "words"), [(work_offered, Work), (domains_offered, Domain)])
def test_a_form_offers_each_once_the_unusual_ones_apart(offered, words):
    *usual, (_, others) = offered()
    assert sorted([*usual, *others]) == sorted(words.choices)
    assert len(usual) > len(others) or words is Work
    assert usual[0] == words.choices[0]
