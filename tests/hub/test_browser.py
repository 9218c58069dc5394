"""The hub in a real browser: every page without an accessibility fault, without overflow, mirrored in Arabic.

Set JAZARI_SCREENSHOTS to a folder to keep a picture of each page.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
_CHROMIUM = shutil.which("chromium")
_AXE = Path(__file__).parent / "vendor" / "axe.min.js"
_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SLUG = "education-dropout-ma-03"
PUBLIC = (
    "",
    "register/",
    f"register/{SLUG}/",
    f"register/{SLUG}/evidence/",
    f"register/{SLUG}/evidence/0/",
    f"register/{SLUG}/model/",
    f"register/{SLUG}/model/0/",
    f"register/{SLUG}/history/",
    f"register/{SLUG}/feedback/",
    "poles/",
    "about/",
    "login/",
    "nothing/",
)
_MOST_BYTES = 61_440


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """`jazari hub serve --demo` in a process of its own; its address and its accounts."""
    if not _CHROMIUM:
        pytest.skip("no chromium: apt-get install chromium fonts-noto-core")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("hub")
    log = (folder / "log").open("w")
    plain = {
        key: value for key, value in os.environ.items() if not key.startswith(("JAZARI_HUB", "DJANGO", "DATABASE_URL"))
    }
    command = [
        Path(sys.executable).parent / "jazari",
        "hub",
        "serve",
        "--demo",
        "--empty",
        "--port",
        str(port),
        "--data",
        folder / "data",
        "--json",
    ]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=plain, text=True)
    try:
        said = _document(server)
        _wait(said["address"])
        yield said["address"], {one["username"]: one["password"] for one in said["accounts"]}
    finally:
        server.terminate()
        server.wait(30)
        server.stdout.close()
        log.close()


def _document(server):
    text = ""
    for line in server.stdout:
        text += line
        try:
            return json.loads(text)
        except ValueError:
            continue
    raise AssertionError(text)


def _wait(address):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(150):
        try:
            with opener.open(f"{address}healthz", timeout=2) as answer:
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the hub did not answer")


@pytest.fixture(scope="module")
def browser(hub):
    sync = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=_CHROMIUM, args=_FLAGS)
        yield running
        running.close()


@pytest.fixture
def window(browser, hub):
    """Open a window: `window(javascript=False, wide=360)`."""
    opened = []

    def make(*, javascript=True, wide=360):
        context = browser.new_context(
            base_url=hub[0], java_script_enabled=javascript, viewport={"width": wide, "height": 740}
        )
        opened.append(context)
        return context.new_page()

    yield make
    for context in opened:
        context.close()


def sign_in(page, hub, name, language="fr"):
    page.goto(f"/{language}/login/")
    page.fill("#f-username", name)
    page.fill("#f-password", hub[1][name])
    page.click("main button")
    page.wait_for_url("**/account/")


@pytest.fixture(scope="module")
def entry(hub, browser, tmp_path_factory):
    """A system that people published through the pages, without JavaScript."""
    import importlib.util

    spec = importlib.util.spec_from_file_location("hub_packs", Path(__file__).parent / "conftest.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    pack = tmp_path_factory.mktemp("pack") / "public.zip"
    pack.write_bytes(made.zipped(made.dossier()))
    publisher = browser.new_context(base_url=hub[0], java_script_enabled=False)
    page = publisher.new_page()
    sign_in(page, hub, "demo-publisher")
    page.goto("/fr/publish/upload/")
    page.select_option("#f-pole", "MA-03")
    page.set_input_files("#f-pack", pack)
    page.click("main button")
    page.wait_for_url("**/publish/*/")
    address = page.url
    for field in ("lawfulness", "necessity", "proportionality"):
        page.goto(f"{address}say/{field}/")
        page.fill("#f-fr", "Le service y est autorisé, et le gain l’emporte sur la charge.")
        page.fill("#f-ar", "المصلحة مأذون لها بذلك، والفائدة ترجح على العبء.")
        page.click("main button")
    approver = browser.new_context(base_url=hub[0], java_script_enabled=False)
    other = approver.new_page()
    sign_in(other, hub, "demo-approver")
    other.goto(address)
    other.click("button[value=good]")
    page.goto(address)
    page.click("form[action$='/publish/'] button")
    publisher.close()
    approver.close()
    return address


def faults(page):
    page.evaluate(_AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [(one["id"], one["nodes"][0]["html"][:160]) for one in found["violations"]]


def overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def keep(page, name):
    folder = os.environ.get("JAZARI_SCREENSHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize("language", ["fr", "ar", "zgh", "en"])
@pytest.mark.parametrize("rest", PUBLIC)
def test_a_public_page_has_no_fault_and_no_overflow_on_a_phone(window, entry, language, rest):
    page = window()
    broken = []
    page.on(
        "console",
        lambda message: broken.append(message.text) if message.type == "error" and "404" not in message.text else None,
    )
    answer = page.goto(f"/{language}/{rest}")
    keep(page, f"{language}-{rest.strip('/').replace('/', '-') or 'home'}-360")
    assert len(answer.body()) <= _MOST_BYTES
    assert page.evaluate("document.documentElement.lang") == language
    assert faults(page) == []
    assert overflow(page) <= 0
    assert broken == []  # a policy that stops one of our own files would say so here


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_page_of_staff_has_no_fault_and_no_overflow(window, hub, entry, language):
    for name, paths in {
        "demo-publisher": (
            "account/",
            "publish/",
            "publish/upload/",
            "publish/1/",
            "publish/1/end/",
            "login/password/",
        ),
        "demo-programme": ("programme/", "programme/MA-03/"),
        "demo-admin": ("people/",),
    }.items():
        page = window()
        sign_in(page, hub, name, language)
        for path in paths:
            page.goto(f"/{language}/{path}")
            assert faults(page) == [], path
            assert overflow(page) <= 0, path
            keep(page, f"{language}-{path.strip('/').replace('/', '-')}-360")


def test_arabic_is_mirrored(window, entry):
    places = {}
    for language in ("fr", "ar"):
        page = window(wide=1000)
        page.goto(f"/{language}/register/")
        places[language] = page.locator(".top .name").bounding_box()["x"], page.locator("#sector").bounding_box()["x"]
        keep(page, f"{language}-register-1000")
    assert places["fr"][0] < 500 < places["ar"][0]
    assert places["fr"][1] < 500 < places["ar"][1]


@pytest.mark.parametrize("javascript", [True, False])
def test_the_search_works_with_and_without_javascript(window, entry, javascript):
    page = window(javascript=javascript)
    page.goto("/ar/register/")
    page.fill("#q", "هدر")
    if javascript:
        page.wait_for_url("**q=*")
    else:
        page.press("#q", "Enter")
    page.wait_for_selector(f"a[href$='{SLUG}/']")
    page.fill("#q", "قطار")
    page.press("#q", "Enter")
    page.wait_for_selector(f"a[href$='{SLUG}/']", state="detached")


def test_a_keyboard_alone_reaches_the_entry(window, entry):
    page = window(wide=1000)
    page.goto("/fr/register/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('href')") == f"/fr/register/{SLUG}/":
            break
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{SLUG}/")
