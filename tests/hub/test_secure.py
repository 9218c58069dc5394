"""Gates of the hub's code: bandit finds nothing, and every exception to it says which rule it is of."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

HUB = Path(__file__).parents[2] / "src" / "jazari" / "hub"


def test_bandit_finds_nothing_in_the_hub():
    said = subprocess.run(
        [sys.executable, "-m", "bandit", "--quiet", "--recursive", str(HUB)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert said.returncode == 0, said.stdout + said.stderr


def test_an_exception_to_bandit_names_its_rule():
    marks = [line for path in HUB.rglob("*.py") for line in path.read_text().splitlines() if "nosec" in line]
    assert marks
    assert [line for line in marks if not re.search(r"# nosec B\d{3}( B\d{3})*\b", line)] == []
