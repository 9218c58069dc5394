"""The documents cannot lie: every command, error and setting has its page, and no page speaks of what is not there."""

import re
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"JZ-\d{3}")
HOSTS = re.compile(
    r"(--(extra-)?index-url\s+http|pypi\.org/simple|files\.pythonhosted|registry\.npmjs|deb\.debian\.org)"
)


def codes_in_source():
    return {code for path in (ROOT / "src").rglob("*.py") for code in CODE.findall(path.read_text())}


def pages():
    return {path.stem: path for path in (ROOT / "docs/errors").glob("JZ-*.md")}


def test_every_error_has_a_page_and_every_page_an_error():
    assert codes_in_source() == set(pages())


@pytest.mark.parametrize("code", sorted(pages()))
def test_an_error_page_says_what_why_and_how_to_fix_it(code):
    text = pages()[code].read_text()
    assert text.startswith(f"# {code}")
    for heading in ("## What happened", "## How to fix it"):
        assert heading in text


def test_every_command_has_a_heading():
    text = (ROOT / "docs/reference/commands.md").read_text()
    commands = {point.name for point in entry_points(group="jazari.commands")}
    documented = set(re.findall(r"^## `jazari ([a-z-]+)", text, re.MULTILINE))
    assert documented == commands


def test_no_registry_host_and_no_path_of_a_machine_is_named():
    kept = [path for path in ROOT.rglob("*") if path.is_file() and not _skipped(path)]
    found = [str(path) for path in kept if HOSTS.search(path.read_text(errors="ignore"))]
    assert [path for path in found if not path.endswith("test_documents.py")] == []


def _skipped(path):
    parts = set(path.relative_to(ROOT).parts)
    return bool(parts & {".git", ".venv", "demo", ".mypy_cache", ".ruff_cache", "__pycache__"}) or path.suffix in (
        ".mo", ".ttf", ".woff2", ".png", ".parquet",
    )  # fmt: skip


def test_links_between_pages_lead_somewhere():
    broken = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
            if not target.startswith(("http", "mailto:")) and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)} -> {target}")
    assert broken == []


def test_the_reference_is_drawn_from_the_code():
    words = [sys.executable, ROOT / "docs/draw_reference.py", "--check"]
    ran = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, f"run docs/draw_reference.py: {ran.stdout} {ran.stderr[-800:]}"
