"""A forecast lists nobody: its pages show errors and bands, and offer nothing that is about people."""

from __future__ import annotations

import hashlib
import json

import pytest

from jazari.core.canonical import digest_without, encode


def reading(value):
    return {"value": value, "low": value * 0.9, "high": value * 1.1, "n": 672}


EVIDENCE = {
    "mae": reading(13.26), "mape": reading(4.01), "mase": reading(0.608), "crps": reading(9.9),
    "baseline": {"mae": 18.43, "crps": 18.43},
    "coverage": {"0.8": {"a": 0.768, "b": 0.811}, "0.95": {"a": 0.924, "b": 0.96}},
    "by_series": {
        "feeder-a": {"mae": 22.7, "mape": 3.01, "mase": 0.58, "crps": 16.9, "baseline_mae": 36.1},
        "feeder-b": {"mae": None, "mape": None, "mase": None, "crps": None, "baseline_mae": None},
    },
    "origins": {"count": 28, "first": "2024-12-03T00:00:00", "last": "2024-12-30T00:00:00"},
}  # fmt: skip


@pytest.fixture
def forecast(person, dossier_files, zip_of):
    """A published forecast: its publisher was asked for no word about help."""
    from jazari.hub.register import publication

    plain = json.loads(dossier_files()["dossier.json"])["declaration"]
    declared = {**plain, "help": None, "engine": {"ability": "forecast"}, "safeguards": [], "name": "energy.load"}
    files = dossier_files(with_model=False, declaration=declared, case="energy.load")
    head = json.loads(files["dossier.json"])
    files["evidence.json"] = encode(EVIDENCE)
    head["files"]["evidence.json"]["sha256"] = hashlib.sha256(files["evidence.json"]).hexdigest()
    head["digest"] = digest_without(head, "digest")
    files["dossier.json"] = encode(head)
    version = publication.upload(zip_of(files), "MA-04", person("publisher"))
    missing = publication.missing(version)
    assert "help" not in missing
    for name in missing:
        version.entry[name] = {"fr": f"Texte de {name}", "ar": "نص"}
    version.save()
    publication.judge(version, person("approver"), "", good=True)
    publication.publish(version)
    return "/fr/register/energy-load-ma-04/"


def test_the_page_of_a_forecast_shows_its_errors_and_nothing_about_people(forecast, client):
    text = client().get(forecast).content.decode()
    assert "13,26" in text
    assert "0,608" in text
    assert "AUC" not in text
    assert 'id="contest"' not in text
    assert "/ask/" not in text
    assert client().get(forecast.replace("/register/", "/ask/")).status_code == 404
    assert json.loads(client().get(f"{forecast.rstrip('/')}.json").content)["system"]["automation"] == "informs"


def test_its_evidence_shows_bands_and_series_with_the_simple_rule_beside(forecast, client):
    text = client().get(f"{forecast}evidence/").content.decode()
    for said in ("feeder-a", "76,8", "96,0", "18,43", "36,10", "—"):
        assert said in text, said
    assert "AUC" not in text


def test_a_system_that_lists_people_keeps_its_page(published, client):
    published()
    text = client().get("/fr/register/education-dropout-ma-03/").content.decode()
    assert 'id="contest"' in text
    assert "/ask/" in text
    assert "AUC" in text
