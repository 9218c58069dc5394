"""Scores end with `expires`: after its last day a dossier lists nobody any more."""

import datetime

import pytest

from jazari.core.canonical import digest_without, encode
from jazari.core.errors import SafeguardError
from jazari.usecase.dossier import Dossier
from jazari.usecase.score import score


def run_days_ago(copy, days):
    document = dict(copy.document)
    ended = datetime.datetime.now(tz=datetime.UTC) - datetime.timedelta(days=days)
    document["run"] = document["run"] | {"finished": ended.isoformat(timespec="seconds")}
    document["digest"] = digest_without(document, "digest")
    (copy.path / "dossier.json").write_bytes(encode(document))
    return Dossier.open(copy.path)


def test_a_dossier_of_last_month_lists_and_one_of_two_years_ago_does_not(dossier, copy_of, kingdom, tmp_path):
    copy = copy_of(dossier)
    score(run_days_ago(copy, 30), kingdom, tmp_path / "a.parquet")
    with pytest.raises(SafeguardError, match="JZ-691") as caught:
        score(run_days_ago(copy, 730), kingdom, tmp_path / "b.parquet")
    assert caught.value.exit_code == 5
    assert not (tmp_path / "b.parquet").exists()
