"""Words, marks and components of the pages. docs/components.md shows how to call each.

Filters turn facts into words in the reader's language; tags draw the components whose templates are
under templates/components/.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField, CheckboxInput
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

register = template.Library()

# --- words -----------------------------------------------------------------------------------------------


@register.filter
def minutes(value: int | None) -> str:
    """Minutes in words: 750 gives "12 h 30 min", 45 "45 min", 0 "0 h". Nothing is rounded up."""
    if value is None:
        return ""
    whole = int(value)
    sign = "−" if whole < 0 else ""
    hours, rest = divmod(abs(whole), 60)
    if not rest:
        return sign + _("%(hours)s h") % {"hours": number(hours)}
    if not hours:
        return sign + _("%(minutes)s min") % {"minutes": rest}
    return sign + _("%(hours)s h %(minutes)s min") % {"hours": number(hours), "minutes": rest}


@register.filter
def number(value: float | Decimal | None) -> str:
    """A number with the marks of the reader's language: 4000 gives "4,000"."""
    return "" if value is None else number_format(value, use_l10n=True, force_grouping=True)


@register.filter
def dollars(value: float | Decimal | None) -> str:
    """Dollars, with cents only where there are any: 21.5 gives "$21.50", 50 "$50"."""
    if value is None:
        return ""
    amount = Decimal(str(value))
    return "$" + number_format(amount, 0 if amount == amount.to_integral() else 2, force_grouping=True)


@register.filter(expects_localtime=True)
def day(value: date | None) -> str:
    """A date with its year: "Nov. 21, 2026"."""
    return date_format(value, "DATE_FORMAT") if value else ""


@register.filter(expects_localtime=True)
def day_month(value: date | None) -> str:
    """A date without its year: "November 21"."""
    return date_format(value, "MONTH_DAY_FORMAT") if value else ""


@register.filter
def month(value: str) -> str:
    """A month as data write it, in words: "2026-06" gives "June 2026"."""
    return date_format(date.fromisoformat(f"{value}-01"), "YEAR_MONTH_FORMAT") if value else ""


@register.filter(expects_localtime=True)
def weekday(value: date | None) -> str:
    """A day as people in the week speak of it: "Mon, November 21"."""
    return f"{date_format(value, 'D')}, {day_month(value)}" if value else ""


@register.filter(expects_localtime=True)
def moment(value: datetime | None) -> str:
    """A date with the time of day."""
    return date_format(value, "DATETIME_FORMAT") if value else ""


@register.filter(expects_localtime=True)
def from_today(value: date | None) -> str:
    """How far a day is: "today", "tomorrow", "in 12 days", "in 5 months", "3 days ago"."""
    if not value:
        return ""
    that = value.date() if isinstance(value, datetime) else value
    days = (that - timezone.localdate()).days
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    if days == -1:
        return _("yesterday")
    if abs(days) < 60:
        ahead, behind = (
            ngettext("in %(n)s day", "in %(n)s days", days),
            ngettext("%(n)s day ago", "%(n)s days ago", -days),
        )
        return (ahead if days > 0 else behind) % {"n": abs(days)}
    months = abs(days) * 12 // 365
    if months < 24:
        ahead, behind = (
            ngettext("in %(n)s month", "in %(n)s months", months),
            ngettext("%(n)s month ago", "%(n)s months ago", months),
        )
        return (ahead if days > 0 else behind) % {"n": months}
    years = months // 12
    ahead, behind = (
        ngettext("in %(n)s year", "in %(n)s years", years),
        ngettext("%(n)s year ago", "%(n)s years ago", years),
    )
    return (ahead if days > 0 else behind) % {"n": years}


@register.filter
def amount(value: float | Decimal | None, unit: str | None) -> str:
    """A figure in its unit: minutes, hours, days, months, years, percent, usd or a bare count."""
    if value is None:
        return ""
    if unit == "minutes":
        return minutes(int(value))
    if unit == "hours":
        return minutes(int(Decimal(str(value)) * 60))
    if unit == "usd":
        return dollars(value)
    if unit == "percent":
        return _("%(n)s%%") % {"n": number(value)}
    counted = {
        "days": ngettext("%(n)s day", "%(n)s days", int(value)),
        "months": ngettext("%(n)s month", "%(n)s months", int(value)),
        "years": ngettext("%(n)s year", "%(n)s years", int(value)),
    }
    return counted[unit] % {"n": number(value)} if unit in counted else number(value)


@register.filter
def person(value: Any) -> str:
    """A person's name as others see it; somebody who is gone stays a person."""
    return str(value) if value else _("someone no longer here")


@register.filter
def file_size(value: int | None) -> str:
    """Bytes as people read them: "340 KB", "1.2 MB"."""
    if value is None:
        return ""
    if value < 1_000_000:
        return _("%(n)s KB") % {"n": number(max(1, round(value / 1000)))}
    return _("%(n)s MB") % {"n": number_format(value / 1_000_000, 1)}


BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


@register.filter
def browser(user_agent: str) -> str:
    """What a browser calls itself, in words: "Chrome, Android"."""
    name = next((words for mark, words in BROWSERS if mark in user_agent), "")
    system = next((words for mark, words in SYSTEMS if mark in user_agent), "")
    return ", ".join(part for part in (name, system) if part) or _("Another program")


# --- marks -----------------------------------------------------------------------------------------------


@register.simple_tag
def asset(path: str) -> str:
    """The address of a static file; plain where the manifest is missing, so that error pages always stand."""
    try:
        return static(path)
    except ValueError:
        return settings.STATIC_URL + path


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of assets/icons.txt; silent beside words, named by `label` where it stands alone."""
    named = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="pl-icon" {} focusable="false"><use href="{}#{}"></use></svg>',
        named,
        asset("img/icons.svg"),
        name,
    )


#: status -> (tone, icon, words). One table for every status that a page shows.
STATUSES: dict[str, tuple[str, str, Promise]] = {
    "met": ("ok", "check_circle", gettext_lazy("Met")),
    "unmet": ("", "radio_button_unchecked", gettext_lazy("Not yet")),
    "waiting": ("wait", "hourglass_empty", gettext_lazy("Waiting for review")),
    "held": ("ok", "verified", gettext_lazy("You hold it")),
    "near": ("accent", "trending_up", gettext_lazy("Near")),
    "far": ("", "more_horiz", gettext_lazy("Far")),
    "draft": ("", "edit", gettext_lazy("Draft")),
    "submitted": ("info", "send", gettext_lazy("Submitted")),
    "in_review": ("info", "visibility", gettext_lazy("In review")),
    "information_requested": ("wait", "help_outline", gettext_lazy("More asked for")),
    "returned": ("wait", "undo", gettext_lazy("Returned")),
    "approved": ("ok", "check_circle", gettext_lazy("Approved")),
    "accepted": ("ok", "check_circle", gettext_lazy("Accepted")),
    "open": ("info", "radio_button_unchecked", gettext_lazy("To review")),
    "asked": ("wait", "help_outline", gettext_lazy("More asked for")),
    "not_issued": ("", "schedule", gettext_lazy("Not yet issued")),
    "stated": ("wait", "hourglass_empty", gettext_lazy("Not reviewed yet")),
    "rejected": ("bad", "cancel", gettext_lazy("Not accepted")),
    "denied": ("bad", "cancel", gettext_lazy("Denied")),
    "withdrawn": ("", "remove_circle", gettext_lazy("Withdrawn")),
    "amended": ("", "history", gettext_lazy("Amended")),
    "active": ("ok", "verified", gettext_lazy("Active")),
    "expiring": ("wait", "schedule", gettext_lazy("Expires soon")),
    "expired": ("bad", "event", gettext_lazy("Expired")),
    "suspended": ("bad", "warning", gettext_lazy("Suspended")),
    "revoked": ("bad", "cancel", gettext_lazy("Revoked")),
    "surrendered": ("", "remove_circle", gettext_lazy("Surrendered")),
    "ready": ("ok", "trending_up", gettext_lazy("Ready")),
    "here": ("accent", "location_on", gettext_lazy("Here now")),
    "reachable": ("accent", "arrow_upward", gettext_lazy("Can be reached")),
    "blocked": ("", "lock", gettext_lazy("Not yet open")),
    "invited": ("info", "mail", gettext_lazy("Invited")),
    "ended": ("", "remove_circle", gettext_lazy("Ended")),
    "proposed": ("info", "send", gettext_lazy("Proposed")),
    "published": ("ok", "check_circle", gettext_lazy("Published")),
}


@register.simple_tag
def badge(text: str, tone: str = "", icon_name: str = "") -> SafeString:
    """A short word in a pill. `tone`: ok, wait, bad, info, accent or none."""
    classes = "pl-badge" + (f" is-{tone}" if tone else "") + ("" if icon_name else " is-plain")
    return format_html(
        '<span class="{}">{}{}</span>', classes, icon(icon_name) if icon_name else SafeString(""), text
    )


@register.simple_tag
def status(value: Any, label: str = "") -> SafeString:
    """The badge of a status or verdict: a word, a mark and a tone, never a colour alone."""
    slug = str(getattr(value, "value", value))
    tone, mark, words = STATUSES.get(slug, ("", "", ""))
    own = getattr(value, "label", "") or words or slug.replace("_", " ").capitalize()
    return badge(str(label or own), tone, mark)


# --- components ------------------------------------------------------------------------------------------


def share(have: float | Decimal | None, needed: float | Decimal | None) -> int:
    """How full a bar is, 0 to 100, rounded down: 3,999 h 59 min of 4,000 h never looks finished."""
    if not needed:
        return 0
    return max(0, min(100, int(Decimal(str(have or 0)) * 100 // Decimal(str(needed)))))


@register.inclusion_tag("components/progress.html")
def progress(
    label: str = "",
    *,
    have: float = 0,
    needed: float = 0,
    pending: float = 0,
    unit: str = "minutes",
    note: str = "",
) -> dict[str, Any]:
    """How far someone is: a bar and the same in words. Figures are in `unit` (see `amount`)."""
    done = share(have, needed)
    remaining = max(0, needed - have)
    return {
        "label": label,
        "figure": _("%(have)s of %(needed)s") % {"have": amount(have, unit), "needed": amount(needed, unit)},
        "remaining": _("%(amount)s to go") % {"amount": amount(remaining, unit)}
        if remaining
        else _("Complete"),
        "pending_words": _("%(amount)s wait for approval") % {"amount": amount(pending, unit)}
        if pending
        else "",
        "share": done,
        "pending_share": min(100 - done, share(pending, needed)),
        "note": note,
    }


@register.filter
def bar(finding: dict[str, Any]) -> dict[str, int] | None:
    """What the bar of a finding shows, or None where a bar says nothing (a yes or no)."""
    needed, have = finding.get("needed"), finding.get("have")
    if not isinstance(needed, (int, float, Decimal)) or isinstance(needed, bool) or needed <= 1:
        return None
    if not isinstance(have, (int, float, Decimal)):
        return None
    done = share(have, needed)
    if finding.get("verdict") != "met":
        done = min(done, 99)
    pending = finding.get("pending")
    waiting = share(pending, needed) if isinstance(pending, (int, float, Decimal)) else 0
    return {"share": done, "pending_share": min(100 - done, waiting)}


@register.simple_tag(takes_context=True)
def page_url(context: template.Context, page: int | str, key: str = "page") -> str:
    """This address with another page number; filters stay."""
    request = context.get("request")
    query = request.GET.copy() if request else None
    if query is None:
        return f"?{key}={page}"
    query[key] = str(page)
    return "?" + query.urlencode()


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Any, key: str = "page") -> dict[str, Any]:
    """Numbers of a Django `Page`, with gaps; nothing where there is one page only."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    gap = page.paginator.ELLIPSIS
    links = [
        {"number": None if n == gap else n, "url": "" if n == gap else page_url(context, n, key)}
        for n in numbers
    ]
    return {
        "page": page,
        "links": links,
        "previous": page_url(context, page.previous_page_number(), key) if page.has_previous() else "",
        "next": page_url(context, page.next_page_number(), key) if page.has_next() else "",
    }


def _block(name: str, **context: Any) -> str:
    return render_to_string(f"components/{name}.html", context)


@register.simple_block_tag
def card(
    content: str,
    title: str = "",
    *,
    level: int = 2,
    href: str = "",
    tone: str = "",
    aside: str = "",
    id: str = "",
) -> str:
    """A sheet of its own. `tone`: main, flat; `aside`: a badge or word at the right of the title."""
    return _block("card", content=content, title=title, level=level, href=href, tone=tone, aside=aside, id=id)


@register.simple_block_tag
def page_head(content: str, title: str, *, kicker: str = "", lead: str = "") -> str:
    """The page's h1, what stands above and under it, and its main buttons (the content)."""
    return _block("page_head", content=SafeString(content.strip()), title=title, kicker=kicker, lead=lead)


@register.simple_block_tag
def next_step(content: str, title: str, *, text: str = "") -> str:
    """What to do now: one a page, at its top. The content is the button."""
    return _block("next_step", content=content, title=title, text=text)


@register.simple_block_tag
def hero(content: str, title: str, *, text: str = "") -> str:
    """The opening of a page that strangers see: its h1, one sentence and what to do (the content)."""
    return _block("hero", content=content, title=title, text=text)


@register.simple_block_tag
def alert(content: str, tone: str = "info", *, title: str = "") -> str:
    """`tone`: info, success, warning, error."""
    return _block("alert", content=content, tone=tone, title=title)


@register.simple_block_tag
def empty(content: str, title: str, *, icon: str = "info", text: str = "") -> str:
    """Nothing here yet: says why, and the content leads on."""
    return _block("empty", content=SafeString(content.strip()), title=title, icon=icon, text=text)


@register.simple_block_tag
def fold(content: str, summary: str, *, open: bool = False) -> str:
    """More to read, folded away; works without a script."""
    return _block("fold", content=content, summary=summary, open=open)


@register.simple_block_tag
def confirm(content: str, button: str, *, title: str = "", tone: str = "outline", icon: str = "") -> str:
    """A step that is hard to undo: its button opens what will happen (the content, with the form)."""
    return _block("confirm", content=content, button=button, title=title, tone=tone, icon=icon)


@register.simple_block_tag
def toolbar(content: str) -> str:
    """What can be done with the ticked rows; stands in a <form data-selection>."""
    return _block("toolbar", content=content)


@register.simple_block_tag
def summary(content: str, title: str = "") -> str:
    """The main points of a page in a quiet box."""
    return _block("summary", content=content, title=title)


# --- forms -----------------------------------------------------------------------------------------------


@register.filter
def is_tick(field: BoundField) -> bool:
    """A single checkbox, whose label stands behind it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def first_id(field: BoundField) -> str:
    """The id that a link to a field goes to; for a group of choices its first choice."""
    return field.id_for_label or f"{field.auto_id}_0"


@register.filter
def has_required(form: BaseForm) -> bool:
    """Whether the note about marks is worth its line: some fields are needed and some are not."""
    needed = {field.field.required for field in form if not field.is_hidden}
    return needed == {True, False}


@register.filter
def groups(form: BaseForm) -> Iterable[dict[str, Any]]:
    """The visible fields in the groups of the form's `fieldsets`: [(legend, hint, [names])], rest last."""
    fieldsets = getattr(form, "fieldsets", ())
    grouped = {name for _legend, _hint, names in fieldsets for name in names}
    rest = [field for field in form if not field.is_hidden and field.name not in grouped]
    for legend, hint, names in fieldsets:
        yield {
            "legend": legend,
            "hint": hint,
            "fields": [form[name] for name in names if name in form.fields],
        }
    if rest:
        yield {"legend": "", "hint": "", "fields": rest}
