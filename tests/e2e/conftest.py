"""A hub of its own in a process of its own, a real browser, one published system, and eyes for its pages."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

_CHROMIUM = shutil.which("chromium")
_FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking",    "--disable-component-update", "--disable-sync",
]  # fmt: skip
_HIGHEST = 1500  # a picture for the docs weighs little
_JAZARI = Path(sys.executable).parent / "jazari"
_SAID = {
    "#f-fr": "Le service y est autorisé, et le gain l’emporte sur la charge.",
    "#f-ar": "المصلحة مأذون لها بذلك، والفائدة ترجح على العبء.",
}


class Hub:
    """A hub that is served: its address, its accounts, its folder."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        self.data, self.environment, self.log = folder / "data", environment, (folder / "log").open("w")
        said = [_JAZARI, "hub", "serve", "--demo", "--empty", "--port", port, "--data", self.data, "--json"]
        self.process = subprocess.Popen(said, stdout=subprocess.PIPE, stderr=self.log, env=environment, text=True)
        told = self._told()
        self.address = told["address"]
        self.passwords = {one["username"]: one["password"] for one in told["accounts"]}
        self._wait()

    def _told(self) -> dict:
        text = ""
        for line in self.process.stdout:
            text += line
            try:
                return json.loads(text)
            except ValueError:
                continue
        raise AssertionError(text)

    def _wait(self) -> None:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        for _ in range(200):
            try:
                with opener.open(f"{self.address}healthz", timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the hub did not answer")

    def run(self, *said: object) -> dict:
        """Run `jazari hub ...` on this hub's folder; what it says as JSON."""
        command = [_JAZARI, "hub", *map(str, said), "--demo", "--data", self.data, "--json"]
        done = subprocess.run(command, capture_output=True, env=self.environment, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(30)
        self.process.stdout.close()
        self.log.close()


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    if not _CHROMIUM:
        pytest.skip("SKIPPED: no chromium, so the journeys did not run: apt-get install chromium fonts-noto-core")
    plain = {
        key: value for key, value in os.environ.items() if not key.startswith(("JAZARI_HUB", "DJANGO", "DATABASE_URL"))
    }
    served = Hub(tmp_path_factory.mktemp("hub"), plain)
    yield served
    served.end()


@pytest.fixture(scope="module")
def browser(hub):
    sync = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=_CHROMIUM, args=_FLAGS)
        yield running
        running.close()


@pytest.fixture
def window(browser, hub):
    """Open a window: `window("demo-officer", "fr")` is signed in, `window(javascript=False)` is a stranger's."""
    opened = []

    def make(name="", language="fr", *, javascript=True, wide=360):
        context = browser.new_context(
            base_url=hub.address, java_script_enabled=javascript, viewport={"width": wide, "height": 740}
        )
        opened.append(context)
        page = context.new_page()
        if name:
            page.goto(f"/{language}/login/")
            page.fill("#f-username", name)
            page.fill("#f-password", hub.passwords[name])
            page.click("main button")
            page.wait_for_url("**/account/")
        return page

    yield make
    for context in opened:
        context.close()


@pytest.fixture(scope="module")
def published(hub, browser, listed, tmp_path_factory):
    """People publish the pack through the pages; its private files are imported on the machine; the system's slug."""
    from jazari.usecase.pack import pack

    archive = tmp_path_factory.mktemp("pack") / "public.zip"
    pack(listed, "public", archive)
    pages = {name: _signed_in(hub, browser, name) for name in ("demo-publisher", "demo-approver")}
    page, other = pages["demo-publisher"], pages["demo-approver"]
    address = uploaded(page, archive, "MA-03")
    for field in [link.get_attribute("href") for link in page.query_selector_all("a[href*='/say/']")]:
        page.goto(field)
        for box, said in _SAID.items():
            if not page.input_value(box):
                page.fill(box, said)
        page.click("main button")
    other.goto(address)
    other.click("button[value=good]")
    page.goto(address)
    page.click("form[action$='/publish/'] button")
    draft = uploaded(page, archive, "MA-05")
    for each in pages.values():
        each.context.close()
    said = hub.run("import", listed.path)
    assert said["cases"] > 20
    return {"slug": said["system"], "draft": int(draft.rstrip("/").rpartition("/")[2])}


def _signed_in(hub, browser, name):
    page = browser.new_context(base_url=hub.address, java_script_enabled=False).new_page()
    page.goto("/fr/login/")
    page.fill("#f-username", name)
    page.fill("#f-password", hub.passwords[name])
    page.click("main button")
    return page


def uploaded(page, archive, pole):
    """A publisher uploads a pack for a pole; the address of the version."""
    page.goto("/fr/publish/upload/")
    page.select_option("#f-pole", pole)
    page.set_input_files("#f-pack", archive)
    page.click("main button")
    page.wait_for_url("**/publish/*/")
    return page.url


@pytest.fixture(scope="session")
def keep():
    """Keep a picture of a page where JAZARI_SCREENSHOTS names a folder."""

    def save(page, name):
        folder = os.environ.get("JAZARI_SCREENSHOTS")
        if folder:
            high = min(page.evaluate("document.documentElement.scrollHeight"), _HIGHEST)
            clip = {"x": 0, "y": 0, "width": page.viewport_size["width"], "height": high}
            page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True, clip=clip)

    return save


@pytest.fixture(scope="session")
def paper():
    """The reader of notices."""
    return _beside("paper")


@pytest.fixture(scope="session")
def decides(paper):
    """An officer opens the list, takes the case of a place, decides and prints the notice in French."""

    def take(page, place):
        page.goto("/fr/work/")
        page.click(".list a >> nth=0")
        if page.url.endswith("/open/"):
            page.check("input[value=tutoring]")
            page.click("main button")
        part = page.url.partition("/fr/")[2]
        page.click(f".list h2 a >> nth={place}")
        page.click("main form[action$='/claim/'] button")
        page.check("input[value=help]")
        page.check("input[value=followed]")
        page.fill("#f-reasons", "La mère est venue mardi : travaux des champs jusqu’en novembre")
        page.click("main form:not([action]) button")
        page.wait_for_selector("form[action$='/print/']")
        page.select_option("#f-language", "fr")
        with page.expect_download() as waiting:
            page.click("form[action$='/print/'] button")
        text = paper.text_of(Path(waiting.value.path()).read_bytes())
        secret = re.search(r"(?<![0-9A-Z-])[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}(?![0-9A-Z-])", text)[0]
        return {"part": part, "decision": re.search(r"/decided/([^/]+)/", page.url)[1], "secret": secret}

    return take


@pytest.fixture(scope="session")
def look():
    """What is looked for on every page."""
    return _beside("look")


def _beside(name):
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
