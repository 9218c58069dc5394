"""Pseudonyms: HMAC-SHA256 under a secret that is made once and kept private."""

import hashlib
import hmac
import subprocess
import sys

import pyarrow as pa
import pytest

from jazari.core.errors import DataError
from jazari.data.pseudonym import Pseudonyms, key_path

SECRET = "0" * 64


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("JAZARI_PSEUDONYM_KEY", raising=False)
    return tmp_path


def test_a_pseudonym_is_the_hmac_that_the_page_says():
    expected = hmac.new(SECRET.encode(), b"key\x1fP 12", hashlib.sha256).hexdigest()[:32]
    assert Pseudonyms(SECRET).of("key", pa.array(["P 12", None, "P 12"])).to_pylist() == [expected, None, expected]


def test_hmac_agrees_with_the_published_vector():
    """RFC 4231, test case 1, truncated; the key there is 20 bytes, so the primitive is tried alone."""
    assert (
        hmac.new(b"\x0b" * 20, b"Hi There", hashlib.sha256).hexdigest().startswith("b0344c61d8db38535ca8afceaf0bf12b")
    )


def test_kinds_do_not_share_pseudonyms_and_numbers_are_their_digits():
    one = Pseudonyms(SECRET)
    assert one.of("key", pa.array([5])) == one.of("key", pa.array(["5"]))
    assert one.of("key", pa.array(["5"])) != one.of("site", pa.array(["5"]))
    assert (
        one.of("key", pa.chunked_array([["5"], ["6"]])).to_pylist() == one.of("key", pa.array(["5", "6"])).to_pylist()
    )
    assert one.of("key", pa.array(["5", "6"]).dictionary_encode()) == one.of("key", pa.array(["5", "6"]))


@pytest.mark.usefixtures("home")
def test_the_secret_is_made_once_private_and_said_once():
    said = []
    first = Pseudonyms.of_institution(said.append)
    second = Pseudonyms.of_institution(said.append)
    assert first.fingerprint == second.fingerprint
    assert len(said) == 1
    assert str(key_path()) in said[0]
    assert key_path().stat().st_mode & 0o777 == 0o600
    assert key_path().read_text().strip() not in said[0]
    assert [one.name for one in key_path().parent.iterdir()] == ["pseudonym.key"]


@pytest.mark.usefixtures("home")
def test_two_processes_that_make_it_at_once_agree():
    code = "from jazari.data.pseudonym import Pseudonyms; print(Pseudonyms.of_institution().fingerprint)"
    running = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) for _ in range(4)]
    assert len({one.communicate()[0] for one in running}) == 1
    assert all(one.returncode == 0 for one in running)


@pytest.mark.usefixtures("home")
def test_a_secret_that_others_may_read_is_refused():
    Pseudonyms.of_institution()
    key_path().chmod(0o644)
    with pytest.raises(DataError) as told:
        Pseudonyms.of_institution()
    assert told.value.code == "JZ-350"


@pytest.mark.usefixtures("home")
def test_the_environment_goes_first_and_short_secrets_are_refused(monkeypatch):
    monkeypatch.setenv("JAZARI_PSEUDONYM_KEY", SECRET)
    assert Pseudonyms.of_institution().fingerprint == Pseudonyms(SECRET).fingerprint
    assert not key_path().exists()
    monkeypatch.setenv("JAZARI_PSEUDONYM_KEY", "short")
    with pytest.raises(DataError) as told:
        Pseudonyms.of_institution()
    assert told.value.code == "JZ-351"
    assert "short," not in str(told.value)


def test_a_place_that_cannot_hold_it_is_said(home, monkeypatch):
    (home / "file").write_text("x")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "file"))
    with pytest.raises(DataError) as told:
        Pseudonyms.of_institution()
    assert told.value.code == "JZ-352"
