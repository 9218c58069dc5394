"""The how-to on decisions is run as an officer would: every block, in order, beside a dossier."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs/how-to/decide-and-prove.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_every_block_of_the_page_runs_as_it_stands(listed, tmp_path):
    shutil.copytree(listed.path, tmp_path / "dossier")
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    starts = {"sh": ["bash", "-e", "-c"], "python": [sys.executable, "-c"]}
    ran = [
        subprocess.run(
            [*starts[language], text], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        for language, text in BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    ]
    assert [one.stderr for one in ran if one.returncode] == []
    assert "5 entries verified" in "".join(one.stdout for one in ran)  # two views, two decisions, a correction
