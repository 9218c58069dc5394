"""An error says what, where, what was found, how to fix it, and leaves with the code of its family."""

import json

import pytest

from jazari.core import errors
from jazari.core.errors import DataError, JazariError, did_you_mean


def test_an_error_reads_like_the_page_of_models():
    error = DataError(
        "JZ-310", "table 'pupils' has no column 'absenses'", where="case", found="absences", fix="rename it."
    )
    assert str(error).splitlines() == [
        "[JZ-310] table 'pupils' has no column 'absenses'",
        "  Where: case",
        "  Found: absences",
        "  Fix:   rename it.",
        "  More:  docs/errors/JZ-310.md",
    ]
    assert set(error.as_json()["error"]) == {"code", "sentence", "where", "found", "fix", "more"}
    json.dumps(error.as_json())


def test_a_fix_is_compulsory():
    with pytest.raises(TypeError):
        JazariError("JZ-100", "x")


@pytest.mark.parametrize(
    ("family", "code"),
    [
        ("InstallationError", 1),
        ("DeclarationError", 2),
        ("DataError", 3),
        ("VerificationError", 4),
        ("SafeguardError", 5),
    ],
)
def test_families_leave_with_the_codes_of_the_command_line(family, code):
    assert getattr(errors, family).exit_code == code


def test_the_nearest_word_is_proposed_or_none():
    assert did_you_mean("absenses", ["absences", "sex"]) == "did you mean 'absences'? "
    assert did_you_mean("zzz", ["absences"]) == ""
