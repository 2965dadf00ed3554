"""A paper application typed in: the fields that one standard asks for, and the record that they make.

    paper = Paper(question.requirement, level="mn-cps-2", data=request.POST)
    paper.is_valid() and paper.record

Facts of which there is one (a date of birth, an attestation) are fields of `PersonForm`; what there is more
of (work, supervision, continuing education, credentials) is rows of `Table`s.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, cast

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.states import STATES
from certification.paper_forms import in_words
from certification.requirements.language import Leaf, Requirement, walk
from certification.requirements.leaves import (
    Age,
    Attestation,
    BackgroundCheck,
    ContinuingEducation,
    Credential,
    Document,
    Education,
    Employment,
    Exam,
    Experience,
    Fee,
    LivedExperience,
    Qualification,
    Recovery,
    References,
    Residency,
    Supervision,
    Training,
)
from certification.requirements.record_files import parse_record
from certification.requirements.values import RequirementError, hours_of, name_key
from certification.wording import Wording
from workers.forms.fields import TimeWorked
from workers.words import Education as EducationWords
from workers.words import LivedExperience as LivedExperienceWords
from workers.words import Offer, Pay, Work, code_in_words

Fields = dict[str, forms.Field]
Data = dict[str, Any]


def choice(label: str, options: Iterable[tuple[str, Any]], **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", _("Choose")), *options], required=False, **more)


def codes(label: str, slugs: Iterable[str]) -> forms.ChoiceField:
    return choice(label, [(slug, code_in_words(slug)) for slug in dict.fromkeys(slugs)])


def several(label: str, options: Iterable[tuple[str, Any]]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=list(options), required=False, widget=forms.CheckboxSelectMultiple
    )


def day(label: str) -> forms.DateField:
    return forms.DateField(label=label, required=False)


def length(label: str) -> TimeWorked:
    return TimeWorked(label=label, required=False)


def tick(label: str) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False)


def figure(label: str, most: int) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_value=most, required=False)


def count(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=1000, required=False)


def plain(value: Any) -> Any:
    """What a field gives, as a record file writes it."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return float(value) if hasattr(value, "quantize") else value


def said(row: Mapping[str, Any]) -> Data:
    """The filled fields of a row."""
    return {key: plain(value) for key, value in row.items() if value not in (None, "", False, [], {})}


class Asked:
    """The leaves of a requirement, by kind and each once."""

    def __init__(self, requirement: Requirement) -> None:
        self.leaves = list(dict.fromkeys(leaf for _path, leaf in walk(requirement)))

    def of(self, kind: type[Leaf]) -> list[Any]:
        return [leaf for leaf in self.leaves if isinstance(leaf, kind)]

    def has(self, kind: type[Leaf], name: str) -> bool:
        """Whether a leaf of the kind asks for something (`domains`, a mode, ...)."""
        return any(getattr(leaf, name) not in (None, False) for leaf in self.of(kind))

    def slugs(self, kind: type[Leaf], *names: str) -> list[str]:
        """The slugs that the leaves of a kind name in breakdowns or lists."""
        found = [one for leaf in self.of(kind) for name in names for one in getattr(leaf, name) or ()]
        return list(dict.fromkeys(one if isinstance(one, str) else one[0] for one in found))


# One of each: the person


@dataclass
class Group:
    """Some fields of the form under one legend, and what they say in a record."""

    legend: str
    fields: Fields
    write: Callable[[Data], Data]
    #: Path in the record -> field, where the two differ.
    places: dict[str, str] = field(default_factory=dict)


def same(*keys: str) -> Callable[[Data], Data]:
    """Fields named as in the record."""
    return lambda given: {key: given[key] for key in keys}


def about(asked: Asked) -> Group:
    fields: Fields = {}
    if asked.of(Age):
        fields["born"] = day(_("Date of birth"))
    if asked.of(Education):
        fields["education"] = choice(_("Education"), EducationWords.choices)
    if slugs := [leaf.field for leaf in asked.of(Education) if leaf.field]:
        fields["education_field"] = codes(_("Field of study"), slugs)
    if asked.of(LivedExperience):
        fields["lived_experience"] = several(_("Lived experience"), LivedExperienceWords.choices)
    if asked.of(Recovery):
        fields["recovery_since"] = day(_("In recovery since"))
    if asked.of(Employment):
        fields["employment"] = choice(_("Employment"), Offer.choices)
    if asked.of(BackgroundCheck):
        fields["background_check"] = day(_("Day of the background check"))
    return Group(_("The person"), fields, same(*fields))


def places(asked: Asked) -> Group:
    share = asked.has(Residency, "share_percent")
    fields: Fields = {}
    if asked.of(Residency):
        fields["lives_in"] = choice(_("State they live in"), STATES)
        fields["works_in"] = choice(_("State they work in"), STATES)
    if share:
        fields["lives_share"] = figure(_("Share of the time they live there, in percent"), 100)
        fields["works_share"] = figure(_("Share of the time they work there, in percent"), 100)

    def write(given: Data) -> Data:
        lives = said({"state": given["lives_in"], "share_percent": given.get("lives_share")})
        works = said({"state": given["works_in"], "share_percent": given.get("works_share")})
        return {
            "residency": lives if "state" in lives else None,
            "works_in": works if "state" in works else None,
        }

    return Group(_("Where they live and work"), fields, write)


def papers(asked: Asked, words: Wording) -> Group:
    """What only has to be there."""
    fields: Fields = {}
    if leaves := asked.of(Attestation):
        fields["attestations"] = several(_("Attested"), [(leaf.to, words.sentence(leaf)) for leaf in leaves])
    if leaves := asked.of(Qualification):
        options = [(leaf.code, words.sentence(leaf)) for leaf in leaves]
        fields["qualifications"] = several(_("Holds for this person"), dict(options).items())
    if leaves := asked.of(Document):
        fields["documents"] = several(_("Handed in"), [(leaf.what, words.sentence(leaf)) for leaf in leaves])
    if leaves := asked.of(Fee):
        options = [(str(leaf.usd), words.sentence(leaf)) for leaf in leaves]
        fields["fees_paid"] = several(_("Paid"), options)

    def write(given: Data) -> Data:
        return given | {"fees_paid": [float(usd) for usd in given.get("fees_paid") or ()]}

    return Group(_("Papers and fees"), fields, write)


def referees(asked: Asked) -> Group:
    kinds = asked.slugs(References, "sources")
    fields: Fields = {}
    if asked.of(References):
        fields["references"] = count(
            _("References (number)") if not kinds else _("Other references (number)")
        )
    for slug in kinds:
        fields[f"references_{slug}"] = count(
            _("References from: %(who)s (number)") % {"who": code_in_words(slug).lower()}
        )

    def write(given: Data) -> Data:
        named = [slug for slug in kinds for _n in range(given[f"references_{slug}"] or 0)]
        others = given["references"] or 0
        return {"references": {"from": named + ["other"] * others} if named else others}

    return Group(_("References"), fields, write)


def exams(asked: Asked) -> Group:
    names = {name_key(leaf.name): leaf.name for leaf in asked.of(Exam)}
    scored = {name_key(leaf.name) for leaf in asked.of(Exam) if leaf.at_least_percent is not None}
    fields: Fields = {}
    where = {}
    for n, (key, name) in enumerate(names.items()):
        fields[f"exam{n}_passed"] = day(_("%(exam)s: passed on") % {"exam": name})
        if key in scored:
            fields[f"exam{n}_percent"] = figure(_("%(exam)s: score in percent") % {"exam": name}, 100)
        where[f"exams[{n}]"] = f"exam{n}_passed"

    def write(given: Data) -> Data:
        rows = [
            {"name": name}
            | said({"passed": given[f"exam{n}_passed"], "percent": given.get(f"exam{n}_percent")})
            for n, name in enumerate(names.values())
            if given[f"exam{n}_passed"]
        ]
        return {"exams": rows}

    return Group(_("Examinations"), fields, write, where)


class PersonForm(forms.Form):
    """Facts of which there is one each, in groups."""

    def __init__(self, data: Any = None, *, groups: list[Group]) -> None:
        super().__init__(data, prefix="person")
        self.groups = [group for group in groups if group.fields]
        for group in self.groups:
            self.fields |= group.fields
        self.fieldsets = [(group.legend, "", list(group.fields)) for group in self.groups]

    def record(self) -> Data:
        written: Data = {}
        for group in self.groups:
            written |= said(group.write({name: self.cleaned_data[name] for name in group.fields}))
        return written

    def place(self, path: str) -> str | None:
        """The field that says what stands at a path of the record."""
        moved = {start: name for group in self.groups for start, name in group.places.items()}
        key = path.partition(".")[2].partition("[")[0].partition(".")[0]
        found = [name for start, name in moved.items() if path.startswith(f"worker.{start}")]
        return next(iter(found), key if key in self.fields else None)


# Rows


class RowForm(forms.Form):
    """One row of a table of the record; its fields have the names of the record format."""

    def __init__(self, *args: Any, columns: Fields, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= deepcopy(columns)

    def record(self) -> Data:
        row = dict(self.cleaned_data)
        for name, value in row.items():
            if isinstance(self.fields[name], TimeWorked) and value is not None:
                row[name] = hours_of(value)
        chosen = row.pop("what", "")  # a level or a kind of credential, in one list
        if chosen:
            sort, _colon, code = chosen.partition(":")
            row[sort] = code
        return said(row)


class Rows(forms.BaseFormSet):
    """The rows of one table; those that nobody filled in are left out."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return super().get_form_kwargs(index) | {"empty_permitted": True}

    def filled(self) -> list[RowForm]:
        return [form for form in self.forms if form.has_changed()]


RowsFormSet = cast(
    type[Rows], forms.formset_factory(RowForm, formset=Rows, extra=2, max_num=60, validate_max=True)
)


@dataclass
class Table:
    """A list of the record: `key` there, a legend, and the rows."""

    key: str
    legend: str
    hint: str
    rows: Rows

    @classmethod
    def of(cls, key: str, legend: str, columns: Fields, data: Any, hint: str = "") -> Table:
        return cls(key, legend, hint, RowsFormSet(data, prefix=key, form_kwargs={"columns": columns}))


def mode(asked: Asked, kind: type[Leaf]) -> Fields:
    if asked.has(kind, "live_minutes") or asked.has(kind, "online_minutes_at_most"):
        return {"mode": choice(_("How it was held"), [("live", _("In person")), ("online", _("Online"))])}
    return {}


def training(asked: Asked) -> Fields:
    topics = [leaf.topic for leaf in asked.of(Training)]
    topics += asked.slugs(Training, "by_topic", "max_by_topic")
    columns: Fields = {"topic": codes(_("Topic"), topics), "hours": length(_("Hours"))}
    columns["completed"] = day(_("Completed on"))
    if asked.has(Training, "days"):
        columns["days"] = figure(_("Days"), 1000)
    if asked.has(Training, "approved"):
        columns["approved"] = tick(_("Approved provider or course"))
    return columns | mode(asked, Training)


def continuing_education(asked: Asked) -> Fields:
    columns: Fields = {"hours": length(_("Hours")), "date": day(_("Completed on"))}
    if topics := asked.slugs(ContinuingEducation, "by_topic", "max_by_topic"):
        columns["topic"] = choice(_("Topic"), [(slug, code_in_words(slug)) for slug in topics])
    if providers := asked.slugs(ContinuingEducation, "by_provider"):
        columns["provider"] = codes(_("Provider"), providers)
    return columns | mode(asked, ContinuingEducation)


def experience(asked: Asked) -> Fields:
    kinds = dict(Work.choices)
    kinds |= {leaf.work: code_in_words(leaf.work) for leaf in asked.of(Experience) if leaf.work not in kinds}
    columns: Fields = {
        "hours": length(_("Hours")),
        "in": forms.ChoiceField(
            label=_("Kind of work"), choices=list(kinds.items()), initial=next(iter(kinds)), required=False
        ),
        "from": day(_("First day")),
        "to": day(_("Last day")),
    }
    if asked.has(Experience, "supervised") or asked.has(Experience, "of_which_supervised"):
        columns["supervised"] = tick(_("Supervised"))
    if asked.has(Experience, "pay"):
        columns["pay"] = choice(_("Paid or volunteer"), Pay.choices)
    if asked.has(Experience, "in_state"):
        columns["state"] = choice(_("State"), STATES)
    if domains := asked.slugs(Experience, "by_domain", "max_by_domain"):
        columns["domain"] = codes(_("What they did"), domains)
    if asked.has(Experience, "practicum"):
        columns["practicum"] = tick(_("Part of a practicum"))
    return columns


def supervision(asked: Asked) -> Fields:
    columns: Fields = {"hours": length(_("Hours")), "date": day(_("Day"))}
    if asked.has(Supervision, "sessions"):
        columns["sessions"] = count(_("Sessions"))
    if by := asked.slugs(Supervision, "by"):
        columns["by"] = codes(_("By whom"), by)
    if domains := asked.slugs(Supervision, "by_domain"):
        columns["domain"] = codes(_("Subject"), domains)
    if asked.has(Supervision, "format"):
        columns["format"] = choice(_("Format"), [("individual", _("Individual")), ("group", _("Group"))])
    return columns


def credentials(asked: Asked, level: str, words: Wording) -> Fields:
    """What can be held: the levels and kinds that the standard names, and the level itself."""
    levels = [*asked.slugs(Credential, "any_of"), level]
    levels += [
        one.after for kind in (Experience, Training) for one in asked.of(kind) if one.after in words.names
    ]
    kinds = [leaf.of_kind for leaf in asked.of(Credential) if leaf.of_kind]
    options = {f"level:{code}": words.names.get(code, code) for code in levels}
    options |= {f"kind:{kind}": code_in_words(kind) for kind in kinds}
    columns: Fields = {
        "what": choice(_("Credential"), options.items()),
        "issued": day(_("Issued on")),
        "renewed": day(_("Last renewed on")),
        "expires": day(_("Valid through")),
    }
    if asked.has(Credential, "other_state") or kinds:
        columns["state"] = choice(_("State that issued it"), STATES)
    if asked.has(Credential, "minimum_training_minutes"):
        columns["training_hours"] = length(_("Hours of training behind it"))
    return columns


def wants_credential(asked: Asked, words: Wording) -> bool:
    term = any(leaf.window == "term" for leaf in asked.of(ContinuingEducation))
    return bool(asked.of(Credential)) or term or not followed(asked).isdisjoint(words.names)


def followed(asked: Asked) -> set[str]:
    """What work or training has to come after."""
    return {one.after for kind in (Experience, Training) for one in asked.of(kind) if one.after}


class Paper:
    """Everything that one standard asks, to be filled in."""

    def __init__(self, requirement: Requirement, *, level: str, words: Wording, data: Any = None) -> None:
        asked = Asked(requirement)
        self.capped = {
            slug: leaf.topic
            for leaf in asked.of(Training)
            for slug, _most in leaf.max_by_topic or ()
            if slug not in (leaf.topic, *dict(leaf.by_topic or ()))
        }
        groups = [about(asked), places(asked), exams(asked), referees(asked), papers(asked, words)]
        self.person = PersonForm(data, groups=groups)
        tables = [
            (Experience, "experience", _("Work"), experience(asked), EVENLY),
            (Supervision, "supervision", _("Supervision received"), supervision(asked), ""),
            (Training, "training", _("Training"), training(asked), BY_TOPIC),
            (
                ContinuingEducation,
                "continuing_education",
                _("Continuing education"),
                continuing_education(asked),
                BY_TOPIC,
            ),
        ]
        self.tables = [
            Table.of(key, legend, columns, data, str(hint))
            for kind, key, legend, columns, hint in tables
            if asked.of(kind)
        ]
        if wants_credential(asked, words):
            columns = credentials(asked, level, words)
            self.tables.append(Table.of("credentials", _("Credentials held"), columns, data))

    def is_valid(self) -> bool:
        """Whether all of it can be read, and makes a record."""
        forms_valid = [self.person.is_valid(), *(table.rows.is_valid() for table in self.tables)]
        if not all(forms_valid):
            return False
        try:
            self.record = parse_record(self.data)
        except RequirementError as error:
            self.refuse(error)
            return False
        return True

    @cached_property
    def data(self) -> Data:
        """What was filled in, as it stands under `worker` in a record file."""
        written = self.person.record()
        for table in self.tables:
            written |= said({table.key: [self.row(form.record()) for form in table.rows.filled()]})
        return written

    def row(self, row: Data) -> Data:
        """A topic that a standard names only to cap it is a part of the training that it caps."""
        if row.get("topic") in self.capped and "hours" in row:
            return row | {"topic": self.capped[row["topic"]], "by_topic": {row["topic"]: row["hours"]}}
        return row

    def refuse(self, error: RequirementError) -> None:
        """Put what is wrong at the field that says it."""
        found = ROW.fullmatch(error.path)
        for table in self.tables:
            if found and found["key"] == table.key:
                form = table.rows.filled()[int(found["row"])]
                form.add_error(found["name"] if found["name"] in form.fields else None, in_words(error))
                return
        self.person.add_error(self.person.place(error.path), in_words(error))


ROW = re.compile(r"worker\.(?P<key>\w+)\[(?P<row>\d+)\](\.(?P<name>\w+).*)?")
EVENLY = gettext_lazy("One row for each post. Hours are spread evenly from the first day to the last.")
BY_TOPIC = gettext_lazy("One row for each certificate; split one that names hours by topic.")
