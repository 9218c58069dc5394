"""What decisions say to people is said in French and Arabic, with the same places to fill."""

import re

import pytest

from jazari.core.languages import said_in, translate
from jazari.governance.clocks import written
from jazari.usecase.decisions import factors, review, routes

SENTENCES = {
    *factors._ONE.values(), *factors._TWO.values(), *routes._TITLES.values(), written._UNTIL, written._OPEN,
    routes._OBJECT, review.SAME, review.QUICK, review.NEVER, "yes", "no", "not recorded",
} - {"{what}"}  # fmt: skip


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("sentence", sorted(SENTENCES))
def test_a_sentence_is_said_in_the_language_with_its_places(sentence, language):
    assert said_in(sentence, language) == language
    places = re.compile(r"\{(\w+)\}")
    assert sorted(places.findall(translate(sentence, language))) == sorted(places.findall(sentence))
