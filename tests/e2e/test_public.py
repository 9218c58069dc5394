"""The public half in a browser: search as one types and without JavaScript, Arabic mirrored, no file stopped."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_arabic_is_mirrored(window, published):
    places = {}
    for language in ("fr", "ar"):
        page = window(wide=1000)
        page.goto(f"/{language}/register/")
        places[language] = [page.locator(one).bounding_box()["x"] for one in (".top .name", ".filters summary")]
    assert max(places["fr"]) < 500
    assert places["ar"][0] > 500
    assert places["fr"][1] < 100


@pytest.mark.parametrize("javascript", [True, False])
def test_the_search_works_with_and_without_javascript(window, published, javascript):
    page = window(javascript=javascript)
    said = []
    page.on("console", lambda one: said.append(one.text) if one.type == "error" else None)
    page.goto("/ar/register/")
    page.fill("#q", "المدرسة")
    if javascript:
        page.wait_for_url("**q=*")
    else:
        page.press("#q", "Enter")
    page.wait_for_selector(f"a[href$='{published['slug']}/']")
    page.fill("#q", "قطار")
    page.press("#q", "Enter")
    page.wait_for_selector(f"a[href$='{published['slug']}/']", state="detached")
    assert said == []  # a policy that stops one of our own files would say so here


def test_filters_open_where_one_is_in_use(window, published):
    page = window(javascript=False)
    page.goto("/fr/register/")
    assert not page.locator("#sector").is_visible()
    page.click(".filters summary")
    page.select_option("#sector", "education")
    page.click(".filters button")
    assert page.locator("#sector").is_visible()
    assert page.locator(f"a[href$='{published['slug']}/']").count() == 1


def test_a_decision_prints_without_what_only_a_screen_needs(window, published, decides):
    made = decides(window("demo-officer"), 2)
    page = window()
    page.goto(f"/fr/d/{made['decision']}/")
    page.fill("#f-secret", made["secret"])
    page.click("main button")
    page.wait_for_selector("#receipt")
    page.emulate_media(media="print")
    shown = page.inner_text("body")
    assert "La mère est venue" in shown
    for one in (".top", ".nav", ".foot", "main .button", "main form"):
        assert not any(each.is_visible() for each in page.query_selector_all(one)), one
