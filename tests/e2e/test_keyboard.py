"""Keys alone: a person opens their decision, checks the receipt and objects, in Tamazight and in English."""

from __future__ import annotations

import re

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
_MOST_TABS = 80


def tab_to(page, selector):
    """Press Tab until what is wanted has the focus; that it can be seen is a part of it."""
    for _ in range(_MOST_TABS):
        if page.evaluate("one => document.activeElement.matches(one)", selector):
            seen = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert seen != "none", f"{selector} does not show that it has the focus"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {selector} on {page.url}")


def press(page, selector, key="Enter"):
    """Go to it and press a key, which leads to another page."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press(key)


@pytest.mark.parametrize(("language", "javascript", "at"), [("zgh", False, 0), ("en", True, 1)])
def test_a_person_objects_with_keys_alone(window, published, decides, look, language, javascript, at):
    made = decides(window("demo-officer"), at)
    page = window(javascript=javascript)
    page.goto(f"/{language}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    press(page, f"main a[href='/{language}/d/']")
    tab_to(page, "#number")
    page.keyboard.type(made["decision"].lower())
    press(page, "main button")
    tab_to(page, "#f-secret")
    page.keyboard.type(made["secret"])
    press(page, "main button")
    press(page, "a[href*='check=1']")
    assert page.locator("#receipt ~ .note[role=status]").count() == 1
    assert page.locator("#receipt ~ .note.stop").count() == 0
    page.goto(f"/{language}/d/{made['decision']}/")
    press(page, "a[href$='/object/']")
    tab_to(page, "input[type=radio]")
    page.keyboard.press("Space")
    press(page, "main form button")
    tab_to(page, "#f-grounds")
    page.keyboard.type("The road was closed for a month, and nobody asked us")
    press(page, "main form button")
    press(page, "main form button")
    press(page, "main form button")
    assert page.url.endswith("/check/")
    press(page, "main form button")
    number = re.search(r"O(?:-[0-9A-Z]{4}){3}", page.inner_text(".note"))[0]
    press(page, f"a[href$='/follow/{number}/']")
    assert number in page.inner_text("main")
    assert look.wrong(page, language) == []


def test_keys_alone_mend_a_wrong_secret(window, published):
    page = window(javascript=False)
    page.goto("/ar/d/VA1M-5R00-0000-0000-0000/")
    tab_to(page, "#f-secret")
    page.keyboard.type("WRONG")
    press(page, "main button")

    tab_to(page, "a[href='#f-secret']")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#f-secret"
    assert page.get_attribute("#f-secret", "aria-invalid") == "true"
