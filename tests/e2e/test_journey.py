"""The loop in a real browser: published, decided, told on paper, opened on a phone, contested, reversed, counted.

Staff work in French, people in Arabic without JavaScript and in French with it. Each page of people is looked at for
faults of access, overflow and words left in another language.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
SAID = {
    "#f-fr": "Le service y est autorisé, et le gain l’emporte sur la charge.",
    "#f-ar": "المصلحة مأذون لها بذلك، والفائدة ترجح على العبء.",
}
SLUG = "education-dropout-ma-03"
GROUNDS = {
    "ar": "أغلقت الطريق شهرا كاملا، ولم تتغيب ابنتي من قبل",
    "fr": "La route a été fermée un mois ; ma fille n’avait jamais été absente",
}
_AXE = Path(__file__).parents[1] / "hub" / "vendor" / "axe.min.js"
# What may stand in Latin letters on an Arabic page: numbers, names of things, and what people wrote.
_LEFT = re.compile(r"\b(?:Check|Decision|Objection|Number|Secret|Send|Back|Question|Reply|The|You|Your|What|Who|Why)\b")


@pytest.fixture(scope="module")
def published(hub, browser, listed, tmp_path_factory):
    """People publish the pack through the pages; its private files are imported on the machine."""
    from jazari.usecase.pack import pack

    archive = tmp_path_factory.mktemp("pack") / "public.zip"
    pack(listed, "public", archive)
    pages = {}
    for name in ("demo-publisher", "demo-approver"):
        page = browser.new_context(base_url=hub.address, java_script_enabled=False).new_page()
        page.goto("/fr/login/")
        page.fill("#f-username", name)
        page.fill("#f-password", hub.passwords[name])
        page.click("main button")
        pages[name] = page
    page, other = pages["demo-publisher"], pages["demo-approver"]
    page.goto("/fr/publish/upload/")
    page.select_option("#f-pole", "MA-03")
    page.set_input_files("#f-pack", archive)
    page.click("main button")
    page.wait_for_url("**/publish/*/")
    address = page.url
    for field in [link.get_attribute("href") for link in page.query_selector_all("a[href*='/say/']")]:
        page.goto(field)
        for box, said in SAID.items():
            if not page.input_value(box):
                page.fill(box, said)
        page.click("main button")
    other.goto(address)
    other.click("button[value=good]")
    page.goto(address)
    page.click("form[action$='/publish/'] button")
    for each in pages.values():
        each.context.close()
    said = hub.run("import", listed.path)
    assert said["cases"] > 20
    return said["system"]


def looked_at(page, language):
    """A page of people: no fault of access, no overflow, mirrored, light, and no English left in it."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(_AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")
    text = page.inner_text("main")
    if language in ("ar", "fr"):
        assert not (left := [one for one in _LEFT.findall(text) if one != "Question"]), left
    assert len(page.content().encode()) < 61_440
    return text


def decide(page, keep, number):
    """The officer opens the list for its purpose, takes the case of that place, and decides; the decision's number."""
    page.goto("/fr/work/")
    keep(page, "hub-work-fr")
    page.click(".list a >> nth=0")
    if page.url.endswith("/open/"):
        keep(page, "hub-purpose-fr")
        page.check("input[value=tutoring]")
        page.click("main button")
    page.click(f".list h2 a >> nth={number}")
    assert "Soutien scolaire" in looked_at(page, "fr")
    page.click("main form[action$='/claim/'] button")
    page.check("input[value=help]")
    page.check("input[value=followed]")
    page.fill("#f-reasons", "La mère est venue mardi : travaux des champs jusqu’en novembre")
    keep(page, "hub-case-fr")
    page.click("main form:not([action]) button")
    page.wait_for_selector("form[action$='/print/']")
    return re.search(r"/decided/([^/]+)/", page.url)[1]


def printed(page, paper, language):
    """The officer prints a notice; what the paper says, and the secret on it."""
    page.select_option("#f-language", language)
    with page.expect_download() as waiting:
        page.click("form[action$='/print/'] button")
    text = paper.text_of(Path(waiting.value.path()).read_bytes())
    return text, re.search(r"(?<![0-9A-Z-])[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}(?![0-9A-Z-])", text)[0]


@pytest.mark.parametrize(("language", "javascript", "at"), [("ar", False, 0), ("fr", True, 1)])
def test_a_decision_is_contested_and_reversed(hub, window, published, keep, paper, language, javascript, at):
    before = window().request.get(f"/{language}/register/{SLUG}.json").json()["objections"]
    number = decide(window("demo-officer"), keep, at)
    officer = window("demo-officer")
    officer.goto(f"/fr/decided/{number}/")
    text, secret = printed(officer, paper, language)
    assert number in text
    assert f"/{language}/d/{number}" in re.sub(r"\s", "", text)

    person = window(javascript=javascript)
    person.goto(f"/{language}/d/{number}/")
    looked_at_or_plain(person, language, javascript)
    keep(person, f"hub-secret-{language}")
    person.fill("#f-secret", secret)
    person.click("main button")
    person.wait_for_selector("#receipt")
    assert secret not in person.url
    shown = looked_at_or_plain(person, language, javascript)
    assert "La mère est venue" in shown
    keep(person, f"hub-decision-{language}")
    person.click("a[href$='check=1#receipt']")
    assert person.locator("#receipt ~ .note").count() == 1
    assert person.locator("#receipt ~ .note.stop").count() == 0
    with person.expect_download() as receipt:
        person.click("a[href$='/receipt/']")
    assert Path(receipt.value.path()).read_bytes().startswith(b"c2sp.org/tlog-proof@v1")

    objection, own = objected(person, keep, language, javascript, number)
    reviewed(window("demo-reviewer"), keep, objection)
    person.goto(f"/{language}/follow/{objection}/")
    answer = looked_at_or_plain(person, language, javascript)
    assert "Vous avez raison" in answer
    keep(person, f"hub-answer-{language}")
    stranger = window(javascript=javascript)
    stranger.goto(f"/{language}/follow/{objection}/")
    assert "Vous avez raison" not in stranger.inner_text("main")
    stranger.fill("#f-secret", own)
    stranger.click("main button")
    assert "Vous avez raison" in stranger.inner_text("main")
    after = window().request.get(f"/{language}/register/{SLUG}.json").json()["objections"]
    assert after["total"] is None  # one or two: too few to show, and no longer none
    assert before != after or at == 1


def looked_at_or_plain(page, language, javascript):
    """Look at a page; without JavaScript a script cannot be put into it, so its text alone is read."""
    if javascript:
        return looked_at(page, language)
    text = page.inner_text("main")
    assert _LEFT.findall(text) == []
    return text


def objected(page, keep, language, javascript, number):
    """The person answers one question a page, checks, sends; the number and the secret they get."""
    page.goto(f"/{language}/d/{number}/")
    page.click(f"a[href$='/d/{number}/object/']")
    page.check("input[value=guardian]")
    looked_at_or_plain(page, language, javascript)
    keep(page, f"hub-question-{language}")
    page.click("main button")
    page.fill("#f-grounds", GROUNDS[language])
    page.click("main button")
    page.set_input_files(
        "#f-file", {"name": "papier.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 certificat"}
    )
    page.click("main button")
    page.click("main button")
    page.wait_for_url("**/check/")
    assert GROUNDS[language] in looked_at_or_plain(page, language, javascript)
    keep(page, f"hub-check-{language}")
    page.click("main form button")
    looked_at_or_plain(page, language, javascript)
    keep(page, f"hub-filed-{language}")
    shown = page.inner_text(".note")
    return re.search(r"O(?:-[0-9A-Z]{4}){3}", shown)[0], re.search(
        r"(?<![0-9A-Z-])[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", shown
    )[0]


def reviewed(page, keep, objection):
    """Somebody else reads the sealed evidence and reverses the decision with a reason."""
    page.goto("/fr/reviews/")
    page.click(f"a:has-text('{objection}')")
    looked_at(page, "fr")
    keep(page, "hub-review-fr")
    page.fill("#f-examined", "Registre des absences, entretien avec le directeur")
    page.check("input[name=would_differ][value=no]")
    page.check("input[value=reversed]")
    page.check("input[value=data]")
    page.check("input[name=instead][value=other]")
    page.fill("#f-other", "transport")
    page.fill("#f-remedy", "Transport à partir de lundi, par la province")
    page.fill("#f-reply", "Vous avez raison : les absences avaient été comptées deux fois.")
    page.click("main form button")
    page.wait_for_selector("text=Vous avez raison")


@pytest.mark.parametrize(("language", "javascript"), [("ar", False), ("fr", True)])
def test_a_guardian_of_an_unlisted_pupil_asks_and_gets_the_place(window, published, keep, language, javascript):
    person = window(javascript=javascript)
    person.goto(f"/{language}/register/{SLUG}/")
    person.click(f"a[href$='/ask/{SLUG}/']")
    looked_at_or_plain(person, language, javascript)
    keep(person, f"hub-ask-{language}")
    person.click("main a.button")
    person.check("input[value=guardian]")
    person.click("main button")
    for name, said in (("who", "3APIC, 2e rang"), ("territory", None), ("site", "Collège"), ("why", GROUNDS[language])):
        if said is None:
            person.select_option(f"#f-{name}", index=0)
        else:
            person.fill(f"#f-{name}", said)
        person.click("main button")
    person.click("main button")
    person.wait_for_url("**/check/")
    person.click("main form button")
    number = re.search(r"R(?:-[0-9A-Z]{4}){5}", person.inner_text(".note"))[0]
    officer = window("demo-officer")
    officer.goto("/fr/requests/")
    officer.click(f"a:has-text('{number}')")
    places = looked_at(officer, "fr")
    keep(officer, "hub-request-fr")
    assert re.search(r"restantes\s*: \d+", places)
    officer.check("input[value=yes]")
    officer.fill("#f-reply", "Une place lui est donnée à partir de lundi.")
    officer.click("main form button")
    person.goto(f"/{language}/follow/{number}/")
    assert "Une place lui est donnée" in looked_at_or_plain(person, language, javascript)
    keep(person, f"hub-given-{language}")


@pytest.mark.parametrize("language", ["ar", "zgh", "fr", "en"])
def test_the_public_half_speaks_four_languages_on_a_phone(window, published, keep, language):
    page = window()
    for path in ("d/", f"ask/{SLUG}/", f"register/{SLUG}/", "d/VA1M-5R00-0000-0000-0000/", "follow/O-0000-0000-0000/"):
        page.goto(f"/{language}/{path}")
        looked_at(page, language)
        keep(page, f"hub-public-{language}-{path.strip('/').replace('/', '-')}")


def test_a_keyboard_alone_opens_a_decision_page(window, published):
    page = window(javascript=False)
    page.goto("/ar/d/VA1M-5R00-0000-0000-0000/")
    page.focus("#f-secret")
    page.keyboard.type("WRONG")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".summary")
