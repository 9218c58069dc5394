"""The hub's own tests, once more, on a PostgreSQL of our own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.backends, pytest.mark.timeout(900)]
_ROOT = Path(__file__).parents[2]


def test_the_hub_does_on_postgresql_what_it_does_on_sqlite(postgresql):
    pytest.importorskip("psycopg", reason="the extra postgres is not installed: pip install jazari[postgres]")
    store = {"DATABASE_URL": f"postgresql://postgres@/postgres?host={postgresql}"}
    said = ["-m", "not browser", "-o", "addopts=-q --import-mode=importlib"]
    command = [sys.executable, "-m", "pytest", "tests/hub", *said]
    done = subprocess.run(command, cwd=_ROOT, env=os.environ | store, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:]
