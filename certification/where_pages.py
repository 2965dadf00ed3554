"""What the page of `certification.where` shows: the map, the list and its order."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from certification.models import Jurisdiction, Level, Standard
from certification.where import Prospect, Standing, Survey
from certification.wording import Wording

#: Requirements named in a line of the list before "and so many more".
NAMED = 3
#: Where each tile stands: column and row. The nation's own credentials have a tile too.
TILES = """
US-AK . US . . . . . . . . US-ME
. . . . . . . . . . US-VT US-NH
. US-WA US-ID US-MT US-ND US-MN US-IL US-WI US-MI US-NY US-RI US-MA
. US-OR US-NV US-WY US-SD US-IA US-IN US-OH US-PA US-NJ US-CT .
. US-CA US-UT US-CO US-NE US-MO US-KY US-WV US-VA US-MD US-DE .
. . US-AZ US-NM US-KS US-AR US-TN US-NC US-SC US-DC . .
. . . . US-OK US-LA US-MS US-AL US-GA . . .
US-HI . . . US-TX . . . . US-FL . US-PR
"""
SIDE, STEP = 44, 48

ORDERS = {
    "missing": (_("Fewest things missing"), lambda one: one.by_missing),
    "hours": (_("Fewest hours missing"), lambda one: one.by_hours),
    "state": (_("State"), lambda one: one.by_state),
}


class WhereFilter(forms.Form):
    state = forms.ChoiceField(label=_("State"), required=False)
    role = forms.ChoiceField(
        label=_("Kind of level"), required=False, choices=[("", _("Any")), *Level.Role.choices]
    )
    standing = forms.ChoiceField(
        label=_("How far"),
        required=False,
        choices=[("", _("Any")), *(one for one in Standing.choices if one[0] != Standing.NONE)],
    )
    sort = forms.ChoiceField(
        required=False, choices=[(name, name) for name in ORDERS], widget=forms.HiddenInput
    )

    def __init__(self, data: Any, *, places: dict[str, str]) -> None:
        super().__init__(data)
        self.fields["state"].choices = [("", _("Any")), *places.items()]  # type: ignore[attr-defined]

    def choice(self, name: str) -> str:
        """What was chosen; an unknown choice chooses nothing."""
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))


def places() -> dict[str, str]:
    """The jurisdictions by code, by name."""
    return dict(Jurisdiction.objects.order_by("name").values_list("code", "name"))


def ordered(survey: Survey, order: str) -> list[Prospect]:
    return sorted(survey.prospects, key=ORDERS[order][1])


def orders(chosen: str, query: dict[str, str]) -> list[dict[str, Any]]:
    """The orders as tabs; each keeps what is filtered."""
    return [
        {
            "label": label,
            "url": "?" + urlencode(query | {"sort": name}) + "#levels",
            "current": name == chosen,
        }
        for name, (label, _key) in ORDERS.items()
    ]


def tile_map(survey: Survey, names: dict[str, str], query: dict[str, str]) -> dict[str, Any]:
    """The states as templates/components/tile_map.html draws them."""
    grid = [line.split() for line in TILES.split("\n") if line]
    tiles = [
        tile(code, x, y, survey, names, query)
        for y, line in enumerate(grid)
        for x, code in enumerate(line)
        if code in names
    ]
    return {
        "width": len(grid[0]) * STEP,
        "height": len(grid) * STEP,
        "side": SIDE,
        "title": gettext("The states, each with the level nearest to you"),
        "tiles": tiles,
    }


def tile(
    code: str, x: int, y: int, survey: Survey, names: dict[str, str], query: dict[str, str]
) -> dict[str, Any]:
    best = survey.places.get(code)
    standing = best.standing if best else Standing.NONE
    missing = len(best.missing) if best and standing == Standing.NEAR else 0
    label = f"{names[code]}: {standing.label}"
    if missing:
        label += ", " + ngettext("%(n)s thing missing", "%(n)s things missing", missing) % {"n": missing}
    return {
        "x": x * STEP + 2,
        "y": y * STEP + 2,
        "code": code.removeprefix("US-"),
        "state": standing.value,
        "count": missing,
        "label": label,
        "url": "?" + urlencode(query | {"state": code}) + "#levels" if best else "",
    }


def counts(survey: Survey) -> list[dict[str, Any]]:
    """The standings with how many levels and states have each."""
    listed = [one.standing for one in survey.prospects]
    best = [one.standing for one in survey.places.values()]
    return [
        {"standing": one, "levels": listed.count(one), "states": best.count(one)}
        for one in Standing
        if one != Standing.NONE
    ]


def lines(prospects: list[Prospect], words: Wording) -> list[dict[str, Any]]:
    """Rows of the list: {prospect, url, missing, more, source}. One query."""
    sources = dict(
        Standard.objects.filter(pk__in=[one.standard_id for one in prospects]).values_list("pk", "sources")
    )
    return [
        {
            "prospect": one,
            "url": reverse("certification:level_mine", args=[one.level]),
            "missing": [words.asks(leaf) for leaf in one.missing[:NAMED]],
            "more": max(0, len(one.missing) - NAMED),
            "source": next(iter(sources.get(one.standard_id, [])), None),
        }
        for one in prospects
    ]
