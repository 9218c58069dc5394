"""Trusted time, against a local authority made with `openssl ts`."""

import datetime
import http.server
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given
from hypothesis import strategies as st

from jazari.cli.main import main
from jazari.core.errors import DeclarationError, InstallationError, LedgerError, VerificationError
from jazari.governance import custody
from jazari.governance.ledger import trusted_time
from jazari.governance.ledger.event import Event
from jazari.governance.ledger.ledger import Ledger
from jazari.governance.ledger.notes import LOG, Checkpoint, PrivateKey
from jazari.governance.ledger.trusted_time import Authority, Stamp, is_due, latest, refuse_without_token, stamp, verify

pytestmark = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="needs the openssl command for a local authority"
)
HOUR = datetime.timedelta(hours=1)
NOON = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
ess_cert_id_alg = sha256
"""


def certificate(name, key, issuer, issuer_key, extension):
    now = datetime.datetime.now(tz=datetime.UTC)
    builder = x509.CertificateBuilder(
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]),
        key.public_key(), x509.random_serial_number(), now - HOUR, now + 240 * HOUR,
    )  # fmt: skip
    return builder.add_extension(extension, critical=True).sign(issuer_key, hashes.SHA256())


def pem(one):
    return one.public_bytes(serialization.Encoding.PEM)


class Local:
    """A time authority: a root, a signer, and an HTTP server that lets openssl answer."""

    def __init__(self, folder, name="root"):
        folder.mkdir()
        self.folder, self.answer = folder, None
        root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        root = certificate(name, root_key, name, root_key, x509.BasicConstraints(ca=True, path_length=None))
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        signer = certificate("tsa", key, name, root_key, usage)
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (folder / "roots.pem").write_bytes(pem(root))
        (folder / "tsa.pem").write_bytes(pem(signer))
        (folder / "tsa.key").write_bytes(secret)
        (folder / "serial").write_text("01\n")
        (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def reply(self, query):
        (self.folder / "query").write_bytes(query)
        words = ["openssl", "ts", "-reply", "-config", self.folder / "tsa.cnf", "-queryfile", self.folder / "query"]
        return subprocess.run(words, check=True, capture_output=True).stdout

    def _handler(self):
        local = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                query = self.rfile.read(int(self.headers["Content-Length"]))
                assert self.headers["Content-Type"] == "application/timestamp-query"
                body = local.reply(query) if local.answer is None else local.answer
                self.send_response(200 if body else 503)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler

    @property
    def authority(self):
        return Authority(f"http://127.0.0.1:{self.server.server_port}/", self.folder / "roots.pem", timeout=5)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def local(tmp_path):
    made = Local(tmp_path / "tsa")
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "ledger"
    made.mkdir()
    return made


def checkpoint(size=42, root=7):
    key = PrivateKey.of("pole.example", LOG, bytes(32))
    return Checkpoint.of("pole.example", size, bytes([root]) * 32).signed_by(key).note()


def test_a_checkpoint_is_dated_and_the_token_lies_beside_it(local, folder):
    before = datetime.datetime.now(tz=datetime.UTC).replace(microsecond=0)
    one = stamp(folder, checkpoint(), local.authority)
    assert (one.size, len(one.digest)) == (42, 64)
    assert before <= one.when <= datetime.datetime.now(tz=datetime.UTC) + HOUR / 3600
    names = sorted(path.name for path in (folder / "time").iterdir())
    stem = f"000000000042-{one.when:%Y%m%dT%H%M%SZ}-{one.digest[:16]}"
    assert names == [f"{stem}.{kind}" for kind in ("checkpoint", "tsr")]
    assert verify(folder, local.authority) == [one] == [latest(folder, local.authority)]


def test_openssl_verifies_what_we_stored(local, folder):
    stamp(folder, checkpoint(), local.authority)
    token = next((folder / "time").glob("*.tsr"))
    words = ["openssl", "ts", "-verify", "-data", token.with_suffix(".checkpoint"), "-in", token]
    ran = subprocess.run([*words, "-CAfile", local.folder / "roots.pem"], capture_output=True, text=True, check=False)
    assert "Verification: OK" in ran.stdout + ran.stderr


def test_one_token_dates_a_batch_and_the_longest_log_is_the_latest(local, folder):
    assert latest(folder, local.authority) is None
    sizes = [stamp(folder, checkpoint(size), local.authority).size for size in (9, 100, 1_000_000)]
    assert [one.size for one in verify(folder, local.authority)] == sizes
    assert latest(folder, local.authority).size == 1_000_000


def test_any_changed_byte_of_a_token_or_its_checkpoint_is_found(local, folder):
    stamp(folder, checkpoint(), local.authority)
    token = next((folder / "time").glob("*.tsr"))
    note = token.with_suffix(".checkpoint")
    was = note.read_bytes()
    note.write_bytes(checkpoint(root=8))
    refused(VerificationError, "JZ-673", lambda: verify(folder, local.authority))
    note.write_bytes(b"no checkpoint")
    refused(VerificationError, "JZ-620", lambda: verify(folder, local.authority))
    note.write_bytes(was)
    sound, silent = token.read_bytes(), []
    for at in range(0, len(sound), 41):
        token.write_bytes(sound[:at] + bytes([sound[at] ^ 1]) + sound[at + 1 :])
        try:
            assert [one.when for one in verify(folder, local.authority)] == [verify_sound(sound, token, local)]
            silent.append(at)
        except (VerificationError, LedgerError) as found:
            assert found.code in {"JZ-672", "JZ-673"}
    assert len(silent) <= len(sound) // 41 // 10
    token.write_bytes(sound)
    assert len(verify(folder, local.authority)) == 1


def verify_sound(sound, token, local):
    """The time in the untouched token: a change that goes unseen has changed nothing that counts."""
    spoilt = token.read_bytes()
    token.write_bytes(sound)
    when = verify(token.parent.parent, local.authority)[0].when
    token.write_bytes(spoilt)
    return when


def test_a_token_moved_to_another_checkpoint_is_found(local, folder):
    stamp(folder, checkpoint(1), local.authority)
    stamp(folder, checkpoint(2), local.authority)
    first, second = sorted((folder / "time").glob("*.tsr"))
    second.write_bytes(first.read_bytes())
    refused(VerificationError, "JZ-673", lambda: verify(folder, local.authority))
    second.with_suffix(".checkpoint").write_bytes(first.with_suffix(".checkpoint").read_bytes())
    refused(VerificationError, "JZ-674", lambda: verify(folder, local.authority))
    second.with_suffix(".checkpoint").unlink()
    refused(VerificationError, "JZ-674", lambda: verify(folder, local.authority))


def test_a_longer_log_is_never_dated_before_a_shorter_one(local, folder, monkeypatch):
    stamp(folder, checkpoint(1), local.authority)
    stamp(folder, checkpoint(2), local.authority)
    for path in sorted((folder / "time").iterdir()):  # as if the second had been dated an hour before the first
        size, _, digest = path.name.split("-")
        when = NOON - HOUR * (int(size) - 1)
        path.rename(path.with_name(f"{size}-{when:%Y%m%dT%H%M%SZ}-{digest}"))
    times = iter([NOON, NOON - HOUR])
    monkeypatch.setattr(trusted_time, "_verified", lambda *_, **__: next(times))
    refused(VerificationError, "JZ-674", lambda: verify(folder, local.authority))


def test_an_authority_that_is_not_trusted_leaves_nothing_behind(local, folder, tmp_path):
    other = Local(tmp_path / "other")
    try:
        stranger = Authority(local.authority.url, other.authority.certificates)
        refused(VerificationError, "JZ-673", lambda: stamp(folder, checkpoint(), stranger))
    finally:
        other.close()
    assert list(folder.iterdir()) == []


def test_an_answer_to_another_query_is_refused(local, folder):
    stamp(folder, checkpoint(), local.authority)
    local.answer = next((folder / "time").glob("*.tsr")).read_bytes()  # a replay: right checkpoint, old nonce
    refused(VerificationError, "JZ-673", lambda: stamp(folder, checkpoint(), local.authority))


@pytest.mark.parametrize(("answer", "code"), [(b"<html>", "JZ-672"), (b"", "JZ-671"), (b"\x30" * (1 << 19), "JZ-672")])
def test_an_authority_that_answers_nonsense_is_refused(local, folder, answer, code):
    local.answer = answer
    refused(LedgerError, code, lambda: stamp(folder, checkpoint(), local.authority))
    assert list(folder.iterdir()) == []


def test_an_authority_that_is_not_there_is_a_coded_error(local, folder):
    gone = Authority("http://127.0.0.1:9/", local.authority.certificates, timeout=1)
    refused(LedgerError, "JZ-671", lambda: stamp(folder, checkpoint(), gone))
    for url in ("ftp://pole.example/", "pole.example", "file:///etc/hostname"):
        refused(LedgerError, "JZ-677", lambda url=url: stamp(folder, checkpoint(), Authority(url, gone.certificates)))


def test_certificates_that_cannot_be_read_are_a_coded_error(local, folder):
    for path in (folder / "none.pem", local.folder / "tsa.key", local.folder / "tsa.pem"):
        wrong = Authority(local.authority.url, path)
        refused(LedgerError, "JZ-677", lambda wrong=wrong: stamp(folder, checkpoint(), wrong))


def test_what_is_no_checkpoint_is_not_sent(folder):
    nowhere = Authority("http://127.0.0.1:9/", folder / "none.pem")
    refused(VerificationError, "JZ-620", lambda: stamp(folder, b"hello", nowhere))


def test_without_the_extra_the_error_names_it(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)
    refused(InstallationError, "JZ-670", lambda: stamp(folder, checkpoint(), Authority("http://127.0.0.1:9/", folder)))


def refused(kind, code, call):
    with pytest.raises(kind) as refusal:
        call()
    assert refusal.value.code == code
    assert refusal.value.fix


@given(st.integers(0, 100), st.integers(0, 100))
def test_decisions_stop_exactly_when_the_time_without_a_token_is_over(minutes, allowed):
    now, within = NOON + minutes * HOUR / 60, allowed * HOUR / 60
    for last, started in ((NOON, NOON - 1000 * HOUR), (None, NOON)):
        if minutes <= allowed:
            refuse_without_token(last, started, now, within)
        else:
            refused(
                LedgerError,
                "JZ-675",
                lambda last=last, started=started: refuse_without_token(last, started, now, within),
            )


def test_a_machine_whose_clock_is_behind_takes_no_decision():
    refuse_without_token(NOON + HOUR / 3600, NOON, NOON, HOUR)
    refused(LedgerError, "JZ-676", lambda: refuse_without_token(NOON + HOUR / 1800, NOON, NOON, HOUR))


def test_a_token_is_wanted_when_entries_wait_or_half_of_the_time_is_over():
    last = Stamp(10, NOON, "")
    assert (is_due(None, 0, NOON, None), is_due(None, 1, NOON, None), is_due(None, 0, NOON, HOUR)) == (
        False,
        True,
        True,
    )
    assert not is_due(last, 10, NOON + 9 * HOUR, None)
    assert is_due(last, 11, NOON, None)
    assert not is_due(last, 10, NOON + HOUR, 3 * HOUR)
    assert is_due(last, 10, NOON + HOUR, 2 * HOUR)


def test_tokens_count_whole_seconds_so_a_second_is_no_contradiction(local, folder, monkeypatch):
    times = [NOON, NOON - HOUR / 3600]
    for size, when in zip((1, 2), times, strict=True):
        monkeypatch.setattr(trusted_time, "_verified", lambda *_, when=when, **__: when)
        stamp(folder, checkpoint(size), local.authority)
    kept = iter(times)
    monkeypatch.setattr(trusted_time, "_verified", lambda *_, **__: next(kept))
    assert [one.when for one in verify(folder, local.authority)] == times


def test_the_how_to_runs_as_it_stands(local, tmp_path, monkeypatch, capsys):
    page = (Path(__file__).parents[3] / "docs/how-to/date-your-log.md").read_text(encoding="utf-8")
    lines = [line for block in re.findall(r"```console\n(.*?)```", page, re.DOTALL) for line in block.splitlines()]
    assert len(lines) == 4
    Ledger.create(tmp_path / "registre", "pole.example").close()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "roots.pem").write_bytes(local.authority.certificates.read_bytes())
    for line in lines:
        words = line.replace("https://time.example/tsr", local.authority.url).split()
        if words[1] == "openssl":
            token = next((tmp_path / "registre" / "time").glob("*.tsr"))
            words = [one.replace("registre/time/X", str(token.with_suffix(""))) for one in words[1:]]
            assert subprocess.run(words, check=False, capture_output=True).returncode == 0
        else:
            main(words[2:])
    assert "dated" in capsys.readouterr().out


def test_decisions_wait_for_trusted_time_and_go_on_with_it(local, tmp_path, make):
    folder = tmp_path / "registre"
    with Ledger.create(folder, "pole.example") as ledger:
        ledger.append([make["decision"](1)])
        custody.set_time(folder, local.authority.url, local.authority.certificates, "PT26H")
        ledger.append([make["decision"](2)])  # a first token is awaited from the setting on
        late = datetime.datetime.now(tz=datetime.UTC) + 27 * HOUR
        refused(LedgerError, "JZ-675", lambda: ledger._watch.refuse_late(late))
        assert custody.stamp(folder)["stamped"]
        ledger._watch.refuse_late(late - 2 * HOUR)
        refused(LedgerError, "JZ-675", lambda: ledger._watch.refuse_late(late))
        assert not custody.stamp(folder)["stamped"]  # nothing new to date
        ledger.append([make["decision"](3)])
        assert custody.stamp(folder)["size"] == 3
    settings = folder / "ledger.json"
    settings.write_text(settings.read_text().replace("PT26H", "PT1S"))
    with Ledger.open(folder) as ledger:
        wait_until_it_is_old(folder, local)
        refused(LedgerError, "JZ-675", lambda: ledger.append([make["decision"](4)]))
        assert len(ledger) == 3
        assert ledger.append([Event("pause", {"reasons": "no time", "by": "x"}, {"system": "a.b"})])  # not a decision
        custody.stamp(folder)
        ledger.append([make["decision"](4)])


def wait_until_it_is_old(folder, local):
    last = latest(folder, local.authority)
    while datetime.datetime.now(tz=datetime.UTC) - last.when <= HOUR / 3600:
        time.sleep(0.05)


def test_verification_lists_the_tokens_and_finds_one_of_another_past(local, tmp_path, make):
    folder = tmp_path / "registre"
    with Ledger.create(folder, "pole.example") as ledger:
        custody.set_time(folder, local.authority.url, local.authority.certificates)
        for at in range(2):
            ledger.append([make["decision"](at)])
            custody.stamp(folder)
        key = ledger._signing()
    verified = custody.verify(folder)
    assert [one.size for one in verified.tokens] == [1, 2]
    assert verified.as_json()["tokens"][0]["when"].endswith("+00:00")
    assert custody.verify(folder, log_only=True).tokens == ()
    forged = Checkpoint.of("pole.example", 2, bytes(32)).signed_by(key).note()
    stamp(folder, forged, local.authority)
    refused(VerificationError, "JZ-625", lambda: custody.verify(folder))


def test_tokens_of_an_earlier_authority_verify_after_a_change(local, tmp_path, make):
    folder, other = tmp_path / "registre", Local(tmp_path / "other", "another root")
    try:
        with Ledger.create(folder, "pole.example") as ledger:
            for one in (local, other):
                custody.set_time(folder, one.authority.url, one.authority.certificates, "P1D")
                ledger.append([make["decision"]()])
                custody.stamp(folder)
    finally:
        other.close()
    assert [one.size for one in custody.verify(folder).tokens] == [1, 2]
    refused(VerificationError, "JZ-673", lambda: custody.verify(folder, certificates=other.authority.certificates))


def test_what_cannot_be_set_is_a_coded_error(local, tmp_path):
    folder = tmp_path / "registre"
    roots = local.authority.certificates
    refused(LedgerError, "JZ-600", lambda: custody.set_time(folder, local.authority.url, roots))
    Ledger.create(folder, "pole.example").close()
    refused(LedgerError, "JZ-638", lambda: custody.stamp(folder))
    refused(LedgerError, "JZ-677", lambda: custody.set_time(folder, "ftp://x", roots))
    refused(LedgerError, "JZ-677", lambda: custody.set_time(folder, local.authority.url, tmp_path / "none.pem"))
    for span, code in (("P1M", "JZ-637"), ("PT0H", "JZ-637"), ("a day", "JZ-214")):
        refused(DeclarationError, code, lambda span=span: custody.set_time(folder, local.authority.url, roots, span))
    assert not (folder / "time").exists()
