"""The tutorial is run as a new user would: every block, in order, in an empty folder."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGES = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```(\w+)(?: (\w+)=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    ("page", "left"),
    [("tutorials/your-own-use-case.md", "no_show.zip"), ("how-to/forecast-a-series.md", "next.parquet")],
)
def test_every_block_of_the_page_runs_as_it_stands(page, left, tmp_path):
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    for language, word, value, text in BLOCK.findall((PAGES / page).read_text(encoding="utf-8")):
        if word == "file":
            (tmp_path / value).write_text(text, encoding="utf-8")
        elif language == "sh":
            expected = int(value) if word == "fails" else 0
            ran = subprocess.run(
                ["bash", "-e", "-c", text], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
            )
            assert ran.returncode == expected, f"{text}\n{ran.stdout}\n{ran.stderr}"
    assert (tmp_path / left).is_file()
