"""Plain sentences, in English and Spanish, for what is asked and for what was found.

sentence(parse({"training": {"hours": 80, "topic": "peer_support", "approved": True}}))
-> "80 hours of approved training in peer support"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from string import Formatter
from typing import Any

from . import en, es
from .findings import Finding, Part, Unit, Verdict
from .language import AtLeast, Leaf, Requirement, parse
from .values import DAY
from .words import ACRONYMS, Words

LANGUAGES: Mapping[str, Words] = {"en": en.WORDS, "es": es.WORDS}
Names = Mapping[str, str]
"""Titles of levels by code, to be shown in place of the codes."""


def sentence(requirement: Requirement, language: str = "en", names: Names | None = None) -> str:
    """What a requirement asks, as one sentence without a full stop."""
    return capitalised(Speaker(language, names).asks(requirement))


def reason(finding: Finding, language: str = "en", names: Names | None = None) -> str:
    """Why a finding has its verdict, in a sentence or two."""
    return Speaker(language, names).reason(finding)


def asked(finding: Finding, language: str = "en", names: Names | None = None) -> str:
    """What the requirement behind a finding asks, as one sentence."""
    return sentence(requirement_of(finding), language, names)


def requirement_of(finding: Finding) -> Requirement:
    """The requirement a finding judged."""
    return parse(_data_of(finding), finding.path)


def _data_of(finding: Finding) -> dict[str, Any]:
    if finding.is_leaf:
        return {finding.kind: dict(finding.asked)}
    branches = [_data_of(child) for child in finding.children]
    if finding.kind == "not":
        return {"not": branches[0]}
    return {
        finding.kind: {"count": finding.count, "of": branches} if finding.kind == "at_least" else branches
    }


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def number(value: int | Fraction) -> str:
    """1200 -> 1,200; a half -> 0.5."""
    if Fraction(value).denominator == 1:
        return f"{int(value):,}"
    return f"{float(value):,.2f}".rstrip("0").rstrip(".")


def duration(minutes: int | Fraction) -> str:
    """1,200 h 30 min, in every language."""
    hours, rest = divmod(minutes, 60)
    if not rest:
        return f"{hours:,} h"
    return f"{hours:,} h {number(rest)} min" if hours else f"{number(rest)} min"


class Speaker:
    """One language's way of saying requirements and findings."""

    def __init__(self, language: str, names: Names | None = None) -> None:
        # es-us and es_MX are Spanish too; any other language reads the English source.
        self.words = LANGUAGES.get(re.split("[-_]", language)[0].lower(), en.WORDS)
        self.names = names or {}

    # Requirements

    def asks(self, node: Requirement, *, inner: bool = False) -> str:
        if isinstance(node, Leaf):
            return self.leaf(node)
        if node.kind == "all" and len(node.of) == 1:
            return self.asks(node.of[0], inner=inner)
        listed = self.words.groups["end"].join(self.asks(child, inner=True) for child in node.of)
        group = self.words.groups[node.kind].format(count=node.count if isinstance(node, AtLeast) else 0)
        return f"{group} ({listed})" if inner else f"{group}: {listed}"

    def leaf(self, leaf: Leaf) -> str:
        given = {
            key: value
            for key, slot in leaf.keys().items()
            if (value := getattr(leaf, slot.name)) is not None and value is not False
        }
        if leaf.kind == "recovery" and not given["months"]:
            del given["months"]
        if given.get("window") in ("term", "calendar_year"):
            given.pop("within_months", None)
        template = next(text for keys, text in self.words.heads[leaf.kind] if set(keys.split()) <= set(given))
        said = {name for _, name, _, _ in Formatter().parse(template) if name}
        values = {key: self.value(leaf.kind, key, given[key]) if key in given else "" for key in said}
        tail = (
            self.words.clauses[f"{leaf.kind}.{key}"].format(value=self.value(leaf.kind, key, value))
            for key, value in given.items()
            if key not in said and f"{leaf.kind}.{key}" in self.words.clauses
        )
        return (template.format(**values) + "".join(tail)).strip()

    def value(self, kind: str, key: str, value: Any) -> str:
        if value is True:
            return self.words.flags.get(f"{kind}.{key}", "")
        if isinstance(value, date):
            return self.day(value)
        if f"{key}.{value}" in self.words.choices:
            return self.words.choices[f"{key}.{value}"]
        say: Callable[[Any], str] | None = {
            "usd": self.money,
            "at_least_percent": self.percent,
            "share_percent": self.percent,
            "sessions": lambda count: self.counted(count, "session"),
            "count": lambda count: self.counted(count, "reference"),
            "days": lambda count: self.counted(count, "day"),
            "within_days": lambda count: self.counted(count, "day"),
        }.get(key)
        if say:
            return say(value)
        if key.endswith("months"):
            return self.counted(value, "month")
        if "hours" in key or key in ("of_which_supervised", "online_at_most"):
            return self.hours(value)
        if isinstance(value, tuple):
            return self.several(key, value)
        if key in ("name", "summary", "what"):
            return str(value)
        if key == "after":
            return self.level(value)
        return self.slug(value) if isinstance(value, str) else number(value)

    def several(self, key: str, values: tuple[Any, ...]) -> str:
        if values and isinstance(values[0], tuple):
            within = self.words.nouns["from" if key == "by_provider" else "in"][0]
            return self.listed(
                [f"{self.hours(minutes)} {within} {self.slug(slug)}" for slug, minutes in values],
                self.words.both,
            )
        say = self.level if key == "any_of" else self.slug
        said = [self.words.choices.get(f"{key}.{value}") or say(value) for value in values]
        return self.listed(said, self.words.either)

    def listed(self, texts: list[str], word: str) -> str:
        if len(texts) < 2:
            return "".join(texts)
        return f"{', '.join(texts[:-1])} {word} {texts[-1]}"

    def level(self, code: str) -> str:
        """The title of a level where it is known, else its code; an event is read as a slug."""
        return self.names.get(code) or (code if "-" in code else self.slug(code))

    def slug(self, slug: str) -> str:
        if slug in self.words.slugs:
            return self.words.slugs[slug]
        parts = re.split("[-_]", slug)
        return " ".join(part.upper() if part in ACRONYMS else part for part in parts)

    def counted(self, count: int | Fraction, noun: str) -> str:
        one, many = self.words.nouns[noun]
        return f"{number(count)} {one if count == 1 else many}"

    def hours(self, minutes: int | Fraction) -> str:
        hours, rest = divmod(minutes, 60)
        said = [self.counted(int(hours), "hour")] if hours else []
        if rest:
            said.append(self.counted(rest, "minute"))
        return " ".join(said)

    def day(self, day: date) -> str:
        return self.words.day.format(month=self.words.months[day.month - 1], day=day.day, year=day.year)

    def money(self, dollars: int | Fraction) -> str:
        whole = Fraction(dollars).denominator == 1
        return f"${int(dollars):,}" if whole else f"${float(dollars):,.2f}"

    def percent(self, value: int | Fraction) -> str:
        return f"{number(value)}%" if self.words is es.WORDS else f"{number(value)} percent"

    # Findings

    def reason(self, finding: Finding) -> str:
        if finding.forbidden:
            return self.words.reasons["forbidden"]
        return self.leaf_reason(finding) if finding.is_leaf else self.group_reason(finding)

    def leaf_reason(self, finding: Finding) -> str:
        reasons = self.words.reasons
        if finding.reason and finding.verdict == Verdict.UNMET:
            return self.filled(reasons[finding.reason], finding)
        one_thing = finding.unit == Unit.COUNT and finding.needed == 1
        unit = finding.unit if finding.have is not None and not one_thing else None
        key = f"{finding.verdict}.{unit}"
        text = self.filled(reasons.get(key, reasons[finding.verdict]), finding)
        if finding.verdict == Verdict.UNMET:
            text += self.short(finding.parts)
        if finding.computed and finding.pending and unit == Unit.MINUTES:
            text += self.filled(reasons["pending"], finding)
        return text

    def filled(self, template: str, finding: Finding) -> str:
        figures = {
            name: self.figure(getattr(finding, name), finding.unit)
            for name in ("needed", "have", "pending", "remaining")
        }
        facts = {
            key: self.day(date.fromisoformat(value))
            if isinstance(value, str) and DAY.fullmatch(value)
            else value
            for key, value in finding.facts.items()
        }
        return template.format(**figures | {"issued": "?", "expires": "?"} | facts)

    def figure(self, value: Any, unit: Unit | None) -> str:
        if value is None or isinstance(value, str):
            return value or "0"
        if unit == Unit.MINUTES:
            return duration(value)
        return self.money(value) if unit == Unit.USD else number(value)

    def short(self, parts: tuple[Part, ...]) -> str:
        """The figures inside a leaf that are still short, beside its total."""
        short = [
            self.words.reasons["short.one"].format(
                name=self.part(part.name),
                have=self.figure(part.have, part.unit),
                needed=self.figure(part.needed, part.unit),
            )
            for part in parts
            if not part.met and part.name != "total"
        ]
        return self.words.reasons["short"].format(list="; ".join(short)) if short else ""

    def part(self, name: str) -> str:
        group, _, slug = name.partition(".")
        return self.slug(slug) if slug else self.words.parts[group]

    def group_reason(self, finding: Finding) -> str:
        met = sum(child.verdict == Verdict.MET for child in finding.children)
        nearest = [finding.children[n] for n in finding.nearest] or list(finding.children[:1])
        key = finding.kind if finding.kind in ("all", "at_least") else f"{finding.kind}.{finding.verdict}"
        # The branches are spelled out only where the sentence names one.
        told = "; ".join(self.asks(requirement_of(one)) for one in nearest) if key.endswith(".unmet") else ""
        count = finding.count or len(finding.children)
        return self.words.reasons[key].format(met=met, count=count, nearest=told)
