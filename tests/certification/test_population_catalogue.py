"""Every standard of the shipped catalogue is met and missed by the least there is, for both interpreters."""

from dataclasses import replace
from datetime import date
from functools import reduce

import pytest
from django.core.management import call_command

from certification import records
from certification.assessment import catalogue, remaining_minutes
from certification.catalogue.files import shipped
from certification.population import Question, population_many
from certification.requirements.explain import explain
from certification.requirements.findings import Verdict
from certification.requirements.leaves import Experience
from certification.requirements.record import Record
from tests.builders.accounts import a_person, an_organisation
from tests.builders.certification import an_authority
from tests.builders.records import store
from tests.requirements.meeting import facts_for, join, leaves_to_meet
from tests.requirements.missing import misses
from workers.models import HourEntry

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 21)


def asked():
    return [
        (standard, key, tree)
        for _, standard in sorted(shipped().standards.items())
        for key in ("requires", "renewal")
        if (tree := getattr(standard, key))
    ]


def test_every_standard_is_met_by_just_enough_and_missed_by_the_least():
    call_command("load_catalogue", verbosity=0)
    authority = an_authority()
    trees = asked()
    ids = store(
        [record for standard, key, tree in trees for record in met_and_missed(standard, key, tree)],
        authority=authority,
        employer=an_organisation(),
        signer=a_person("Sam", "Signer"),
    )
    put = [Question(tree, authority.pk, standard.level) for standard, _, tree in trees]
    answers = {answer.worker_id: answer for answer in population_many(put, on=ON)}
    facts = records.load(ids, on=ON)
    known = catalogue(ON)
    assert HourEntry.objects.count() > len(ids)

    for n, (standard, key, tree) in enumerate(trees):
        for worker, is_met in zip(ids[2 * n : 2 * n + 2], (True, False), strict=True):
            finding = explain(
                tree, facts[worker].record(authority.pk), ON, known, level=standard.level, path=key
            )
            answer = answers[worker]
            found = (answer.verdict(n), answer.remaining(n))
            assert found == (finding.verdict, remaining_minutes(finding)), (standard.code, key)
            assert (answer.verdict(n) == Verdict.MET) == is_met, (standard.code, key)


def met_and_missed(standard, key, tree):
    """A record that meets it, and one that lacks the least of one leaf: of hours where it asks for any."""
    needed = leaves_to_meet(tree, key)
    path, leaf = min(needed, key=lambda one: not isinstance(one[1], Experience))
    others = facts_of([one for where, one in needed if where != path], standard)
    miss = next(misses(leaf, standard, ON)).record
    missed = join(others, miss)
    if explain(tree, missed, ON, shipped().catalogue, level=standard.level).verdict == Verdict.MET:
        # What another leaf wants makes up for it: of these tables, what this leaf wants alone.
        touched = [name for name, rows in vars(miss).items() if isinstance(rows, tuple) and rows]
        missed = join(replace(others, **dict.fromkeys(touched, ())), miss)
    return [facts_of([one for _, one in needed], standard), missed]


def facts_of(leaves, standard):
    return reduce(join, (facts_for(leaf, standard, ON) for leaf in leaves), Record())
