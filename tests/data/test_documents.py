"""The examples of the how-to run as they stand."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "read-your-data.md"
EXAMPLES = [re.sub(r"(?m)^   ", "", one) for one in re.findall(r"(?s)```python\n(.*?)```", PAGE.read_text("utf-8"))]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_of_the_how_to_runs(example):
    exec(compile(example, str(PAGE), "exec"), {})  # noqa: S102  our own page
