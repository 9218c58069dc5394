"""Columns: a declaration that cannot be is refused where it is written, with what to write instead."""

import pytest

from jazari.core.errors import DeclarationError
from jazari.schema.columns import column, time


@pytest.mark.parametrize("zone", ["", "Africa/Casablanca", "UTC"])
def test_a_time_keeps_one_offset_or_names_a_zone_that_exists(zone):
    assert time("time", zone=zone).zone == zone


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "/etc/localtime", "Africa", "x" * 300])
def test_a_zone_that_does_not_exist_is_refused(zone):
    with pytest.raises(DeclarationError, match="JZ-210") as told:
        time("time", zone=zone)
    assert "Africa/Casablanca" in str(told.value)


@pytest.mark.parametrize(
    "words", [{"within": (20, 0)}, {"within": (1,)}, {"direction": "sideways"}, {"among": ("a",), "direction": "up"}]
)
def test_a_column_whose_words_do_not_go_together_is_refused(words):
    with pytest.raises(DeclarationError, match="JZ-210"):
        column("x", **words)


def test_a_column_needs_a_name():
    with pytest.raises(DeclarationError, match="needs a name"):
        column("")
