from __future__ import annotations

import re
from pathlib import Path


def test_the_example_of_the_page_runs_as_it_stands() -> None:
    page = Path(__file__).parents[3] / "docs" / "explanation" / "forecasts.md"
    (code,) = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    exec(compile(code, str(page), "exec"), {})  # noqa: S102  our own page
