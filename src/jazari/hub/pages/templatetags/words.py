"""Words on a page: sentences of the catalogues, texts by language, dates and numbers, links within the language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from jazari.core.languages import NAMES, direction, said_in, translate
from jazari.hub.pages import formats
from jazari.hub.pages.assets import ASSETS
from jazari.hub.pages.language import pick, sentence, written_in

register = template.Library()
_PLACE = re.compile(r"\{(\w+)(?::([^{}]{0,10}))?\}")
_TICK = re.compile(r">([^<>]+)</text>")
_TONGUES = {
    "ar": sentence("Arabic language"),
    "zgh": sentence("Tamazight language"),
    "fr": sentence("French language"),
    "en": sentence("English language"),
}
_SHORT_LIST, _WHOLE_LIST = 8, sentence("The whole list: {count}")
_BELOW, _LEAST, _SPAN = sentence("less than {below}"), sentence("{least} or more"), sentence("{least} to {below}")


def _marked(text: str, language: str, wanted: str) -> str | SafeString:
    """A text, marked where it is in another language than its page (WCAG 2.2, 3.1.2)."""
    if language == wanted:
        return text
    return format_html('<span lang="{}" dir="{}">{}</span>', language, direction(language), text)


@register.simple_tag(takes_context=True)
def t(context: Mapping[str, Any], sentence: str, **values: object) -> str | SafeString:
    """A sentence of the catalogues; where French stands in for Tamazight it is marked as French."""
    language = context["language"]
    said = translate(sentence, language, **values)
    return _marked(_coded(said) if "`" in said else said, said_in(sentence, language), language)


def _coded(said: str) -> SafeString:
    """A sentence in which what stands between backticks is code, left to right in every language."""
    parts = enumerate(said.split("`"))
    shown = (format_html('<code dir="ltr">{}</code>', part) if place % 2 else part for place, part in parts)
    return format_html_join("", "{}", ((one,) for one in shown))


@register.simple_tag(takes_context=True)
def colon(context: Mapping[str, Any]) -> str:
    """The colon after a label: French sets a blank before it, and Tamazight, where French may stand in, too."""
    return "\u00a0:" if context["language"] in ("fr", "zgh") else ":"


@register.simple_tag(takes_context=True)
def plain(context: Mapping[str, Any], sentence: str, **values: object) -> str:
    """The same sentence for an attribute or a title, where no mark can stand."""
    return translate(sentence, context["language"], **values)


@register.simple_tag(takes_context=True)
def lang_of(context: Mapping[str, Any], texts: Mapping[str, str] | str) -> SafeString | str:
    """`lang` and `dir` of an element whose whole text is in another language than its page: a title, an option."""
    names = {name: code for code, name in NAMES.items()}
    language = names[texts] if isinstance(texts, str) and texts in names else pick(texts, context["language"])[1]
    return "" if language == context["language"] else format_html(' lang="{}" dir="{}"', language, direction(language))


@register.simple_tag(takes_context=True)
def text(context: Mapping[str, Any], texts: Mapping[str, str] | str) -> str | SafeString:
    """A text that is held by language: a title, a purpose."""
    if not texts:
        return ""
    found, language = pick(texts, context["language"])
    return _marked(found, language, context["language"])


@register.simple_tag(takes_context=True)
def plain_text(context: Mapping[str, Any], texts: Mapping[str, str] | str) -> str:
    """The same for an attribute or a title."""
    return pick(texts, context["language"])[0] if texts else ""


@register.simple_tag(takes_context=True)
def lines(context: Mapping[str, Any], texts: Mapping[str, str] | str) -> str | SafeString:
    """A text that is held by language; where it has lines it is a list of them."""
    found, language = pick(texts, context["language"]) if texts else ("", context["language"])
    if "\n" not in found.strip():
        return _marked(found, language, context["language"])
    said = [one for one in found.splitlines() if one.strip()]
    items = format_html_join("", "<li>{}</li>", ((one,) for one in said))
    shown = format_html('<ul class="columns" lang="{}" dir="{}">{}</ul>', language, direction(language), items)
    if len(said) <= _SHORT_LIST:
        return shown
    return format_html("<details><summary>{}</summary>{}</details>", t(context, _WHOLE_LIST, count=len(said)), shown)


@register.simple_tag(takes_context=True)
def written(context: Mapping[str, Any], said: str) -> SafeString | str:
    """What a person wrote, as they wrote it; its language is read off it, so that it is marked and runs its own way."""
    if not said:
        return "—"
    language = written_in(said, context["language"])
    paragraphs = format_html_join("", "<p>{}</p>", ((one,) for one in said.splitlines() if one.strip()))
    return format_html('<div class="written" lang="{}" dir="{}">{}</div>', language, direction(language), paragraphs)


@register.simple_tag(takes_context=True)
def word(context: Mapping[str, Any], value: object) -> SafeString | str:
    """A word that a declaration or a table uses, in the reader's language where a catalogue knows it; else as it is."""
    if value is None or value == "":
        return "—"
    said, language = str(value), context["language"]
    found = translate(said, language)
    return format_html(
        "<bdi>{}</bdi>", _marked(found, language if found == said else said_in(said, language), language)
    )


@register.simple_tag(takes_context=True)
def cell(context: Mapping[str, Any], row: Mapping[str, Any]) -> SafeString | str:
    """Where a row of a model's table lies: numbers from and to in words, categories in words."""
    shown = [
        format_html_join(", ", "{}", ((word(context, one),) for one in part))
        if isinstance(part, list)
        else _span(context, part)
        for part in row["parts"]
    ]
    return format_html_join(" · ", "{}", ((one,) for one in shown))


def _span(context: Mapping[str, Any], ends: Mapping[str, float]) -> str | SafeString:
    language = context["language"]
    said = {name: formats.shortest(end, language) for name, end in ends.items()}
    return t(context, _SPAN if len(said) > 1 else _LEAST if "least" in said else _BELOW, **said) if said else "…"


@register.simple_tag(takes_context=True)
def drawing(context: Mapping[str, Any], made: str) -> SafeString:
    """A drawing of ours, its numbers with the language's decimal mark."""
    decimal = formats.decimal(context["language"])
    return mark_safe(_TICK.sub(lambda one: f">{one[1].replace('.', decimal)}</text>", made))  # nosec B308 B703  # noqa: S308  made by register.curves and register.charts from numbers alone


@register.simple_tag(takes_context=True)
def day(context: Mapping[str, Any], moment: str) -> SafeString | str:
    """An ISO date or moment in words, in a `<time>`."""
    if not moment:
        return "—"
    return format_html('<time datetime="{}">{}</time>', moment, formats.day(moment, context["language"]))


@register.simple_tag(takes_context=True)
def number(context: Mapping[str, Any], value: float | None, digits: int = 0) -> str:
    """A number."""
    return "—" if value is None else formats.number(value, context["language"], digits)


@register.simple_tag(takes_context=True)
def share(context: Mapping[str, Any], value: float | None, digits: int = 0) -> str:
    """A share as a percentage."""
    return "—" if value is None else formats.share(value, context["language"], digits)


@register.simple_tag(takes_context=True)
def measure(context: Mapping[str, Any], value: Mapping[str, Any] | None, digits: int = 3) -> SafeString | str:
    """A measure `{value, low, high}` with its interval, left to right in every language."""
    language = context["language"]
    if not value or value.get("value") is None:
        return "—"
    shown = formats.number(value["value"], language, digits)
    if value.get("low") is None or value.get("high") is None:
        return format_html("<bdi>{}</bdi>", shown)
    low, high = (formats.number(value[end], language, digits) for end in ("low", "high"))
    return format_html('<bdi dir="ltr">{} <span class="interval">[{}\u2009;\u2009{}]</span></bdi>', shown, low, high)


@register.simple_tag(takes_context=True)
def to(context: Mapping[str, Any], name: str, *parts: object, **named: object) -> str:
    """The path of a page in the language of this one."""
    return reverse(
        name,
        args=(context["language"], *parts) if parts or not named else None,
        kwargs=named and {"language": context["language"], **named},
    )


@register.simple_tag(takes_context=True)
def finding(context: Mapping[str, Any], found: Mapping[str, Any]) -> str | SafeString:
    """The sentence of a finding. It comes out of a pack: its places are filled by name, never by `str.format`."""
    said, language = str(found.get("sentence", "")), context["language"]
    values = found.get("values") or {}
    parts, last = [], 0
    whole = translate(said, language)
    for place in _PLACE.finditer(whole):
        parts += [_coded(whole[last : place.start()]), _filled(values.get(place[1]), place[2] or "", language)]
        last = place.end()
    parts.append(_coded(whole[last:]))
    return _marked(format_html_join("", "{}", ((one,) for one in parts)), said_in(said, language), language)


def _filled(value: object, form: str, language: str) -> SafeString | str:
    """A value of a finding in the reader's language; what no catalogue says stands by itself."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if form.endswith("%"):
            return ("+" if form.startswith("+") and value > 0 else "") + formats.share(value, language, 1)
        return formats.number(value, language, 0 if isinstance(value, int) else 3)
    several = value if isinstance(value, (list, tuple)) else (value if value is not None else "—",)
    said = (_word(one, language) for one in several)
    return format_html_join("\u060c " if language == "ar" else ", ", "<bdi>{}</bdi>", ((one,) for one in said))


def _word(value: object, language: str) -> str:
    """One word of a finding: a column by its label, a language by its name, a duration in words."""
    if isinstance(value, dict):
        return pick(value, language)[0][:500]
    text = formats.duration(str(value), language)
    return translate(_TONGUES.get(text, text), language)[:500]


@register.simple_tag
def asset(name: str) -> str:
    """The path of a static file, with its fingerprint in it."""
    return ASSETS[name].path
