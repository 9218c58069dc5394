"""`jazari ledger` and `jazari receipt` as a person types them."""

import json

import pytest

from jazari.cli.main import main
from jazari.governance.events import open_ledger, shown


@pytest.fixture
def jazari(capsys):
    def call(*words):
        try:
            main([str(word) for word in words])
            code = 0
        except SystemExit as done:
            code = done.code or 0
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_a_ledger_from_its_making_to_a_revoked_key(jazari, tmp_path, make):
    folder, other = tmp_path / "registre", tmp_path / "other"
    assert jazari("ledger", "init", folder, "--name", "pole.example")[0] == 0
    assert jazari("ledger", "init", other, "--name", "witness.example")[0] == 0
    assert jazari("ledger", "init", folder, "--name", "pole.example")[0] == 3
    with open_ledger(folder) as ledger:
        number = ledger.append([make["decision"](at) for at in range(3)])[1].number
    (tmp_path / "kept").write_bytes((folder / "log" / "checkpoint").read_bytes())
    code, out, _ = jazari("ledger", "verify", folder, "--since", tmp_path / "kept", "--json")
    assert (code, json.loads(out)["since"]) == (0, 3)
    code, out, _ = jazari("receipt", "make", folder, number)
    assert (code, out.splitlines()[0]) == (0, "c2sp.org/tlog-proof@v1")
    assert (
        jazari(
            "receipt", "make", folder, number, "--out", tmp_path / "r", "--page", tmp_path / "page.html", "--lang", "ar"
        )[0]
        == 0
    )
    assert 'dir="rtl"' in (tmp_path / "page.html").read_text()
    assert jazari("receipt", "verify", tmp_path / "r")[0] == 4
    code, out, _ = jazari("receipt", "verify", tmp_path / "r", "--trust", folder / "policy")
    assert code == 0
    assert shown(number) in out
    assert "Ce que l’agent a fait de la proposition" in out or "La proposition a été suivie." in out
    code, out, _ = jazari("ledger", "witness", other, "--log", folder, "--json")
    said = json.loads(out)
    assert (code, said["size"]) == (0, 3)
    assert jazari("ledger", "cosign", folder, "--line", said["line"], "--key", said["key"])[0] == 0
    code, out, _ = jazari("ledger", "verify", folder)
    assert "witnessed by witness.example" in out
    assert jazari("ledger", "forget", folder, number, "--reason", "law 09-08 art. 8")[0] == 0
    assert jazari("receipt", "make", folder, number)[0] == 3
    assert jazari("ledger", "rotate", folder)[0] == 0
    old = (folder / "policy").read_text().split()[1]
    assert jazari("ledger", "revoke", folder, old, "--reason", "stolen")[0] == 0
    assert jazari("ledger", "verify", folder)[0] == 0
    path = folder / "log" / "tile" / "0" / "000.p" / "3"
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    code, out, err = jazari("ledger", "verify", folder)
    assert code == 4
    assert "log/tile/0/000.p/3" in err
    code, out, err = jazari("ledger", "verify", folder, "--json")
    assert json.loads(out)["error"]["code"] == "JZ-622"
