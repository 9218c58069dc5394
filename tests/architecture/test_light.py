"""`import jazari` and `jazari --help` load nothing heavy."""

import subprocess
import sys

import pytest

HEAVY = {
    "numpy",
    "pandas",
    "pyarrow",
    "duckdb",
    "ibis",
    "sklearn",
    "scipy",
    "django",
    "cryptography",
    "jinja2",
    "typst",
}


@pytest.mark.parametrize(
    "program",
    [
        "import jazari",
        "from jazari.cli.main import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass",
    ],
    ids=["import jazari", "jazari --help"],
)
def test_it_stays_light(program):
    words = f"{program}\nimport sys\nprint('loaded:', sorted(set(sys.modules) & {HEAVY!r}))"
    ran = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert "loaded: []" in ran.stdout, ran.stdout[-500:]
