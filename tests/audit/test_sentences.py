"""What the audit says in words is said in French and Arabic too."""

import re

import pytest

from jazari.audit import check, risk
from jazari.core.languages import translate

SENTENCES = [
    value
    for module in (check, risk)
    for name, value in vars(module).items()
    if name.isupper() and isinstance(value, str) and " " in value
]


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("sentence", SENTENCES)
def test_each_sentence_is_translated_with_its_places(sentence, language):
    said = translate(sentence, language)
    assert said != sentence
    assert set(re.findall(r"{\w+}", said)) == set(re.findall(r"{\w+}", sentence))


def test_there_are_sentences_to_translate():
    assert len(SENTENCES) == 9
