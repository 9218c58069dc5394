"""The reference page of the clocks is drawn from the data."""

import runpy
from pathlib import Path

from jazari.governance.clocks import clocks

DOCS = Path(__file__).parents[3] / "docs"


def test_the_page_of_the_clocks_is_what_the_data_say():
    assert (DOCS / "reference/clocks.md").read_text(encoding="utf-8") == runpy.run_path(str(DOCS / "draw_clocks.py"))[
        "page"
    ]()


def test_every_clock_has_a_heading():
    text = (DOCS / "reference/clocks.md").read_text(encoding="utf-8")
    assert [one.name for one in clocks() if f"## `{one.name}`\n" not in text] == []
