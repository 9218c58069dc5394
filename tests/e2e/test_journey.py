"""The loop in a real browser: published, decided, told on paper, opened on a phone, contested, reversed, counted.

Staff work in French, people in Arabic without JavaScript and in French with it. Each page of people is looked at for
faults of access, overflow and words left in another language.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
SLUG = "education-dropout-ma-03"
GROUNDS = {
    "ar": "أغلقت الطريق شهرا كاملا، ولم تتغيب ابنتي من قبل",
    "fr": "La route a été fermée un mois ; ma fille n’avait jamais été absente",
}


@pytest.fixture
def looked_at(browser, look):
    """Look at a page: no fault of access, no overflow, mirrored, light, and nothing left in another language.

    A page without JavaScript is looked at as it stands, in a copy in which axe alone runs.
    """

    def at(page, language, data=frozenset(), *, javascript=True):
        shown = page if javascript else look.still(browser, page)
        assert look.wrong(shown, language, data) == []
        assert look.faults(shown) == []
        if not javascript:
            shown.context.close()
        return page.inner_text("main")

    return at


def decide(page, keep, looked_at, number):
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
def test_a_decision_is_contested_and_reversed(window, published, keep, looked_at, paper, language, javascript, at):
    before = window().request.get(f"/{language}/register/{SLUG}.json").json()["objections"]
    number = decide(window("demo-officer"), keep, looked_at, at)
    officer = window("demo-officer")
    officer.goto(f"/fr/decided/{number}/")
    text, secret = printed(officer, paper, language)
    assert number in text
    assert f"/{language}/d/{number}" in re.sub(r"\s", "", text)

    person = window(javascript=javascript)
    person.goto(f"/{language}/d/{number}/")
    looked_at(person, language, javascript=javascript)
    keep(person, f"hub-secret-{language}")
    person.fill("#f-secret", secret)
    person.click("main button")
    person.wait_for_selector("#receipt")
    assert secret not in person.url
    shown = looked_at(person, language, javascript=javascript)
    assert "La mère est venue" in shown
    keep(person, f"hub-decision-{language}")
    person.click("a[href$='check=1#receipt']")
    assert person.locator("#receipt ~ .note").count() == 1
    assert person.locator("#receipt ~ .note.stop").count() == 0
    with person.expect_download() as receipt:
        person.click("a[href$='/receipt/']")
    assert Path(receipt.value.path()).read_bytes().startswith(b"c2sp.org/tlog-proof@v1")

    objection, own = objected(person, keep, looked_at, language, javascript, number)
    reviewed(window("demo-reviewer"), keep, looked_at, objection)
    person.goto(f"/{language}/follow/{objection}/")
    answer = looked_at(person, language, javascript=javascript)
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


def objected(page, keep, looked_at, language, javascript, number):
    """The person answers one question a page, checks, sends; the number and the secret they get."""
    page.goto(f"/{language}/d/{number}/")
    page.click(f"a[href$='/d/{number}/object/']")
    page.check("input[value=guardian]")
    looked_at(page, language, javascript=javascript)
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
    assert GROUNDS[language] in looked_at(page, language, javascript=javascript)
    keep(page, f"hub-check-{language}")
    page.click("main form button")
    looked_at(page, language, javascript=javascript)
    keep(page, f"hub-filed-{language}")
    shown = page.inner_text(".note")
    return re.search(r"O(?:-[0-9A-Z]{4}){3}", shown)[0], re.search(
        r"(?<![0-9A-Z-])[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", shown
    )[0]


def reviewed(page, keep, looked_at, objection):
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
def test_a_guardian_of_an_unlisted_pupil_asks_and_gets_the_place(
    window, published, keep, looked_at, language, javascript
):
    person = window(javascript=javascript)
    person.goto(f"/{language}/register/{SLUG}/")
    person.click(f"a[href$='/ask/{SLUG}/']")
    looked_at(person, language, javascript=javascript)
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
    assert "Une place lui est donnée" in looked_at(person, language, javascript=javascript)
    keep(person, f"hub-given-{language}")
