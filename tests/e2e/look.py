"""What is looked for on every page: faults of access, overflow, weight, direction, and text in another language.

Text counts as being in the language of its nearest `lang`. Arabic holds no Latin or Tifinagh letters but acronyms and
what stands in `<bdi>` or `<code>` (numbers, codes, names). Tamazight is written in Tifinagh; where French stands in
it is marked as French, and its sentence is one that has no Tamazight in the catalogues. French pages hold no sentence
that English has and French says otherwise, and the other way round.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from jazari.core.languages import NAMES, _catalogue

MOST_BYTES = 61_440
_AXE = Path(__file__).parents[1] / "hub" / "vendor" / "axe.min.js"
_TEXTS = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode());) {
    const said = node.data.trim(), inside = node.parentElement;
    if (!said || inside.closest("bdi, code, script, style, svg, textarea, [hidden]")) continue;
    const whole = inside.closest("[lang]");
    found.push([whole.lang, said, inside.closest(".written") ? "" : whole.textContent]);
  }
  for (const one of document.querySelectorAll("main [aria-label], main [placeholder], main [title]"))
    found.push([one.closest("[lang]").lang, one.ariaLabel || one.placeholder || one.title, ""]);
  const title = document.querySelector("title");
  found.push([title.closest("[lang]").lang, title.text.replace(" – Jazari", "").split(/\\s?: /)[0], ""]);
  return found;
}"""
_TOUCHED = (
    "main :is(button, .button, select, summary, .choice, input:not([type=hidden], [type=radio], [type=checkbox])), "
    ".top a, .nav a"
)
_SMALL = f"""() => [...document.querySelectorAll("{_TOUCHED}")]
  .filter(one => one.checkVisibility() && !one.closest("[hidden]") && one.getBoundingClientRect().height < 43.5)
  .map(one => one.outerHTML.slice(0, 100))"""
_LATIN = re.compile(r"[A-Za-z\u00c0-\u017f]{2,}")
_ACRONYM = re.compile(r"\b[A-Z][A-Z0-9-]*[A-Z0-9]\b|\b[0-9A-Z]{4}(?:-[0-9A-Z]{4})+\b")
_ARABIC, _TIFINAGH = re.compile("[\u0600-\u06ff]"), re.compile("[\u2d30-\u2d7f]")


def faults(page) -> list[tuple[str, str]]:
    """What axe finds against WCAG 2.2 AA and its good practice."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(_AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [(one["id"], one["nodes"][0]["html"][:160]) for one in found]


def still(browser, page):
    """The same page with the scripts of axe alone: what a browser without JavaScript shows, where axe can be run."""
    copy = browser.new_context(viewport=page.viewport_size).new_page()
    content = page.content()
    copy.route("**/*.js", lambda route: route.abort())
    copy.route(page.url, lambda route: route.fulfill(body=content, content_type="text/html; charset=utf-8"))
    copy.goto(page.url)
    return copy


def wrong(page, language, data=frozenset()) -> list[str]:
    """What is wrong with a page, but for axe: overflow, direction, weight, text in another language."""
    found = []
    if (wide := page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")) > 0:
        found.append(f"overflows by {wide}")
    if page.evaluate("document.documentElement.dir") != ("rtl" if language == "ar" else "ltr"):
        found.append("direction")
    if len(page.content().encode()) > MOST_BYTES:
        found.append("too heavy")
    said = page.evaluate(_TEXTS)
    return found + [f"{one}: {text}" for one, text, whole in said if is_foreign(one, text, whole, language, data)]


def small(page) -> list[str]:
    """What is touched and is smaller than 44 pixels; links inside sentences are exempt (WCAG 2.2, 2.5.8)."""
    return page.evaluate(_SMALL)


def is_foreign(said_in: str, text: str, whole: str, language: str, data: frozenset[str]) -> bool:
    """Whether a text is in another language than it is said to be in, or than it may be on a page.

    Args:
        said_in: The language that it is marked as.
        text: The text.
        whole: All the text of what is marked so; empty where a person wrote it or an attribute holds it.
        language: The page's language.
        data: What may stand in French on a Tamazight page beside the sentences of the catalogues.
    """
    plain = _ACRONYM.sub("", text)
    if text in data or text in NAMES.values():
        return False
    if said_in == "ar":
        return bool(_LATIN.search(plain) or _TIFINAGH.search(plain))
    if said_in == "zgh":
        return bool(_LATIN.search(plain) or _ARABIC.search(plain))
    if _ARABIC.search(plain) or _TIFINAGH.search(plain):
        return True
    if said_in == "fr" and language == "zgh":
        return bool(_LATIN.search(plain)) and whole not in ("", *data) and not _stands_in(whole)
    others = {"fr": _only("en"), "en": _only("fr")}
    return _LATIN.search(plain) is not None and text in others[said_in]


@cache
def _only(language: str) -> frozenset[str]:
    """Sentences of the catalogues that are English alone, or French alone."""
    french = _catalogue("fr")
    pairs = [(key, text) for key, text in french.items() if key != text]
    same = set(french) & set(french.values())
    return frozenset(pair[language == "fr"] for pair in pairs) - same


@cache
def _standing_in() -> tuple[frozenset[str], list[re.Pattern[str]]]:
    french, tamazight = _catalogue("fr"), _catalogue("zgh")
    said = [" ".join(text.replace("`", "").split()) for key, text in french.items() if not tamazight.get(key)]
    places = [re.sub(r"\\\{\w*[^{}]*\\\}", ".+?", re.escape(text)) for text in said if "{" in text]
    return frozenset(said), [re.compile(one) for one in places]


def _stands_in(text: str) -> bool:
    whole, places = _standing_in()
    said = " ".join(text.split())
    return said in whole or any(one.fullmatch(said) for one in places)
