"""Every page of the hub, in four languages, on a telephone of 360 pixels.

Each page of the URL conf is walked or is left out for a reason that stands here; a new route fails until it is one.
On each: nothing overflows, nothing is heavy, Arabic runs from the right, no text is left in another language, what is
touched is large enough, and axe finds nothing.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from itertools import chain

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
LANGUAGES = ("ar", "zgh", "fr", "en")
ANYONE, PERSON = "", "person"
_NAMES = """
import django, json; django.setup()
from django.urls import get_resolver
def names(patterns, room=""):
    for one in patterns:
        if hasattr(one, "url_patterns"):
            yield from names(one.url_patterns, f"{one.namespace}:" if one.namespace else room)
        elif one.name:
            yield room + one.name
print(json.dumps(sorted(set(names(get_resolver().url_patterns)))))
"""
# Who walks it, and where it lies; `{...}` is filled from what `scene` made.
WALKED = {
    "home": (ANYONE, ""),
    "about": (ANYONE, "about/"),
    "accounts:login": (ANYONE, "login/"),
    "accounts:enrol": ("demo-publisher", "login/enrol/"),
    "accounts:code": ("second", "login/code/"),
    "accounts:password": ("demo-publisher", "login/password/"),
    "accounts:account": ("demo-officer", "account/"),
    "accounts:people": ("demo-admin", "people/"),
    "accounts:reset": ("demo-admin", "people/2/reset/"),
    "accounts:tokens": ("demo-publisher", "account/tokens/"),
    "register:search": (ANYONE, "register/"),
    "register:system": (ANYONE, "register/{slug}/"),
    "register:evidence": (ANYONE, "register/{slug}/evidence/"),
    "register:groups": (ANYONE, "register/{slug}/evidence/0/"),
    "register:model": (ANYONE, "register/{slug}/model/"),
    "register:curve": (ANYONE, "register/{slug}/model/0/"),
    "register:history": (ANYONE, "register/{slug}/history/"),
    "register:feedback": (ANYONE, "register/{slug}/feedback/"),
    "register:publish": ("demo-publisher", "publish/"),
    "register:publish-upload": ("demo-publisher", "publish/upload/"),
    "register:publish-version": ("demo-publisher", "publish/{draft}/"),
    "register:publish-say": ("demo-publisher", "publish/{draft}/say/necessity/"),
    "register:publish-circumstances": ("demo-publisher", "publish/{draft}/circumstances/"),
    "register:publish-end": ("demo-publisher", "publish/1/end/"),
    "register:publish-answer": ("demo-publisher", "publish/feedback/1/"),
    "roadmap:poles": (ANYONE, "poles/"),
    "roadmap:programme": ("demo-programme", "programme/"),
    "roadmap:programme-pole": ("demo-programme", "programme/MA-03/"),
    "roadmap:programme-proofs": ("demo-programme", "programme/system/{slug}/"),
    "decisions:number": (ANYONE, "d/"),
    "decisions:decision": (PERSON, "d/{decision}/?check=1"),
    "decisions:work": ("demo-officer", "work/"),
    "decisions:open": ("demo-officer", "{part}open/"),
    "decisions:list": ("demo-officer", "{part}"),
    "decisions:case": ("demo-officer", "{case}"),
    "decisions:decided": ("demo-officer", "decided/{decision}/"),
    "decisions:send": ("demo-officer", "decided/{decision}/send/"),
    "objections:object-step": (PERSON, "d/{decision}/object/speaker/"),
    "objections:ask": (ANYONE, "ask/{slug}/"),
    "objections:ask-step": (PERSON, "ask/{slug}/check/"),
    "objections:follow": (PERSON, "follow/{objection}/"),
    "objections:reviews": ("demo-reviewer", "reviews/"),
    "objections:review": ("demo-reviewer", "reviews/{objection}/"),
    "objections:requests": ("demo-officer", "requests/"),
    "objections:request": ("demo-officer", "requests/{request}/"),
}
# More states of the same routes, and what no route answers.
ALSO = (
    (ANYONE, "nothing/"), (ANYONE, "register/?q=zzz"), (ANYONE, "d/VA1M-5R00-0000-0000-0000/"), (ANYONE, "d/?number=7"),
    (ANYONE, "follow/O-0000-0000-0000/"), (ANYONE, "register/{slug}/model/1/"), (PERSON, "follow/{request}/"),
    (PERSON, "d/{decision}/object/file/"), (PERSON, "d/{decision}/object/grounds/"),
    (PERSON, "d/{decision}/object/check/"), (PERSON, "ask/{slug}/territory/"), ("demo-approver", "publish/{draft}/"),
    ("demo-officer", "programme/"),
)  # fmt: skip
_GIVEN, _POSTED, _MOVED = "gives a file or JSON, no page", "takes a form and goes on to a page", "goes on to a page"
LEFT_OUT = {
    "accounts:end": _POSTED, "accounts:logout": _POSTED, "accounts:prove": _MOVED, "accounts:token-end": _POSTED,
    "add-checkpoint": _GIVEN, "decisions:claim": _POSTED, "decisions:print": _GIVEN, "decisions:receipt": _GIVEN,
    "door": _MOVED, "healthz": _GIVEN, "log": _GIVEN, "objections:attachment": _GIVEN, "objections:evidence": _GIVEN,
    "objections:object": _MOVED, "objections:receipt": _GIVEN, "register:calibration.csv": _GIVEN,
    "register:curve.csv": _GIVEN, "register:file": _GIVEN, "register:gaps.csv": _GIVEN,
    "register:publish-approve": _POSTED, "register:publish-publish": _POSTED, "static": _GIVEN,
}  # fmt: skip


def test_every_route_is_walked_or_left_out_for_a_reason(hub):
    said = {"JAZARI_HUB_PROFILE": "demo", "JAZARI_HUB_DATA": str(hub.data)}
    environment = hub.environment | said | {"DJANGO_SETTINGS_MODULE": "jazari.hub.settings"}
    told = subprocess.run([sys.executable, "-c", _NAMES], env=environment, capture_output=True, text=True, check=True)
    names = {one for one in json.loads(told.stdout) if not one.endswith(".json") and not one.startswith("api")}
    assert names == WALKED.keys() | LEFT_OUT.keys()
    assert not WALKED.keys() & LEFT_OUT.keys()


@pytest.fixture(scope="module")
def data(listed):
    """What the dossier says in French: on a Tamazight page it is marked as French, and no catalogue lists it."""

    def said(one):
        if isinstance(one, dict | list):
            return set(chain.from_iterable(map(said, one.values() if isinstance(one, dict) else one)))
        return {one} if isinstance(one, str) else set()

    typed = {"Le service y est autorisé, et le gain l’emporte sur la charge."}
    return frozenset(said(listed.document["declaration"]) | typed)


@pytest.fixture(scope="module")
def scene(hub, browser, published, decides):
    """A decision that is open and contested, a request, a remark, a second factor; each person's window, in French."""
    windows = {}

    def open_window(name):
        page = browser.new_context(base_url=hub.address, viewport={"width": 360, "height": 740}).new_page()
        windows[name] = page
        if name.startswith("demo"):
            page.goto("/fr/login/")
            page.fill("#f-username", name)
            page.fill("#f-password", hub.passwords[name])
            page.click("main button")
            page.wait_for_url("**/account/")
        return page

    made = dict(published)
    made |= decides(open_window("demo-officer"), 0)
    made["case"] = _claimed(windows["demo-officer"], made["part"])
    made |= _contested(open_window(PERSON), made)
    for name in (ANYONE, "demo-publisher", "demo-approver", "demo-programme", "demo-admin", "demo-reviewer"):
        open_window(name)
    _half_way(hub, windows["demo-approver"], open_window("second"))
    stranger = windows[ANYONE]
    stranger.goto(f"/fr/register/{made['slug']}/feedback/")
    stranger.check("main input[type=radio] >> nth=0")
    stranger.fill("#f-text", "Que veut dire une absence ici ?")
    stranger.click("main form button")
    yield made, windows
    for page in windows.values():
        page.context.close()


def _half_way(hub, page, other):
    """An approver sets up the second factor; in another window they have given their password alone."""
    from jazari.hub.accounts.totp import code

    page.goto("/fr/login/enrol/")
    page.fill("#f-code", code(page.inner_text("main code").strip(), int(time.time()) // 30))
    page.click("main button")
    page.wait_for_url("**/account/")
    other.goto("/fr/login/")
    other.fill("#f-username", "demo-approver")
    other.fill("#f-password", hub.passwords["demo-approver"])
    other.click("main button")
    other.wait_for_url("**/login/code/")


def _claimed(page, part):
    page.goto(f"/fr/{part}")
    page.click(".list h2 a >> nth=1")
    page.click("main form[action$='/claim/'] button")
    return page.url.partition("/fr/")[2].partition("#")[0]


def _contested(page, made):
    page.goto(f"/fr/d/{made['decision']}/")
    page.fill("#f-secret", made["secret"])
    page.click("main button")
    numbers = {}
    for kind, start, answers in (
        ("objection", f"d/{made['decision']}/object/", ("self", "La route était fermée depuis octobre", None, None)),
        ("request", f"ask/{made['slug']}/asker/", ("self", "3APIC, 2e rang", "", None, "La route était fermée", None)),
    ):
        for again in range(2):  # the second time stays unsent, so that its pages can be walked
            page.goto(f"/fr/{start}")
            for said in answers:
                if said == "self":
                    page.check("input[value=self]")
                elif said == "":
                    page.select_option("main select", index=0)
                elif said:
                    page.fill("main :is(textarea, input[type=text])", said)
                page.click("main form button")
            page.wait_for_url("**/check/")
            if not again:
                page.click("main form button")
                numbers[kind] = re.search(r"[OR](?:-[0-9A-Z]{4}){3,5}", page.inner_text(".note"))[0]
    return numbers


def places(made):
    """Every page with who walks it."""
    return [(who, path.format(**made)) for who, path in (*WALKED.values(), *ALSO)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_overflows_weighs_much_or_holds_another_language(scene, look, data, keep, language):
    made, windows = scene
    found = {}
    for who, path in places(made):
        page = windows[who]
        page.goto(f"/{language}/{path}")
        if wrong := look.wrong(page, language, data) + (look.small(page) if language == "ar" else []):
            found[path] = wrong[:8]
        keep(page, f"walk-{language}-{who or 'anyone'}-{path.strip('/').replace('/', '-').replace('?', '-') or 'home'}")
    assert not found, "\n".join(f"{path}: {one}" for path, one in found.items())


@pytest.mark.parametrize(
    "language", ["ar", pytest.param("fr", marks=pytest.mark.long), "zgh", pytest.param("en", marks=pytest.mark.long)]
)
def test_axe_finds_nothing_on_any_page(scene, look, language):
    made, windows = scene
    found = {}
    for who, path in places(made):
        page = windows[who]
        page.goto(f"/{language}/{path}")
        if faults := look.faults(page):
            found[path] = faults
    assert not found, "\n".join(f"{path}: {one}" for path, one in found.items())
