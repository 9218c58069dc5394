# ruff: noqa: S311  chance, not secrets
"""The verifier in the documentation: short, without Jazari, and of the same opinion."""

import random
import subprocess
import sys
from pathlib import Path

from jazari.governance import custody
from jazari.governance.events import create_ledger
from jazari.governance.ledger.policy import Policy

PROGRAM = Path(__file__).parents[3] / "docs" / "how-to" / "verify_receipt.py"


def run(*paths):
    return subprocess.run(
        [sys.executable, "-I", str(PROGRAM), *map(str, paths)], capture_output=True, text=True, check=False
    )


def load():
    import importlib.util

    spec = importlib.util.spec_from_file_location("verify_receipt", PROGRAM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_is_short_and_imports_the_standard_library_and_cryptography_alone():
    source = PROGRAM.read_text()
    assert len(source.splitlines()) < 150
    imports = {line.split()[1].split(".")[0] for line in source.splitlines() if line.startswith(("import ", "from "))}
    assert imports - sys.stdlib_module_names == {"cryptography"}


def test_it_accepts_what_was_sealed_and_refuses_what_was_changed(ledger, make, tmp_path):
    given = ledger.append([make["decision"](at, weight=0.1 + at, note="é\n√") for at in range(300)])
    with create_ledger(tmp_path / "other", "witness.example") as other:
        custody.witness(other.folder, ledger.folder)
    policy, receipt = tmp_path / "policy", tmp_path / "receipt"
    known = ledger.policy()
    policy.write_text(Policy(known.logs, known.witnesses, {}, next(iter(known.witnesses))).text())
    receipt.write_bytes(given[77].text())
    done = run(receipt, policy)
    assert done.returncode == 0, done.stderr
    assert given[77].number in done.stdout
    verifier, text = load(), given[77].text().decode()
    chance = random.Random(1)
    assert verifier.verify(text, policy.read_text())["index"] == 77
    for _ in range(300):
        data = bytearray(text.encode())
        data[chance.randrange(30, len(data))] ^= 1 << chance.randrange(8)
        try:
            said = verifier.verify(bytes(data).decode(), policy.read_text())
        except (verifier.Refused, ValueError, KeyError, IndexError):
            continue
        raise AssertionError(f"a change was not found: {bytes(data).decode()} {said}")
    receipt.write_bytes(given[77].text().replace(b"index 77", b"index 78"))
    assert run(receipt, policy).returncode == 4
