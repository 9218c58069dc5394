# ruff: noqa: E501  printed rows are as long as they are; a benchmark checks what it measured
"""What `decide` reads before it seals: the past of a batch, in a ledger of many decisions of many dossiers.

    python benchmarks/ledger_past.py [--entries 1000000] [--dossiers 20]

Printed beside it: reading and decoding every decision of the store, which is what it replaces.
"""

import argparse
import hashlib
import os
import tempfile
import time
from pathlib import Path

from jazari.governance.events import Event, create_ledger
from jazari.usecase.decisions.decision import Decision
from jazari.usecase.decisions.past import Past

WORDS = dict.fromkeys(("ar", "zgh", "fr", "en"), "Absences since September (half-day): 31. This raises the score.")
BATCH = 100
OFFICERS = 500


def event(at, version):
    record = {
        "dossier": version, "outcome": "tutoring", "action": ("followed", "modified")[at % 5 == 0], "reasons": f"seen on visit {at}",
        "officer": f"school head {at % OFFICERS}", "opened_at": None, "decided_at": "2026-11-22T10:00:00+00:00",
        "factors": [{"columns": ["absences"], "words": WORDS}],
    }  # fmt: skip
    return Event("decision", record, {"system": "education.dropout", "version": version}, subject=str(at))


def timed(what, call):
    wall, cpu = time.perf_counter(), time.process_time()
    found = call()
    print(
        f"{what}: {time.perf_counter() - wall:7.3f} s wall, {time.process_time() - cpu:7.3f} CPU-s, {found:,} records",
        flush=True,
    )


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--entries", type=int, default=1_000_000)
    options.add_argument("--dossiers", type=int, default=20)
    chosen = options.parse_args()
    versions = [hashlib.sha256(str(at).encode()).hexdigest() for at in range(chosen.dossiers)]
    with tempfile.TemporaryDirectory() as name, create_ledger(Path(name) / "ledger", "bench.example") as ledger:
        for start in range(0, chosen.entries, 4000):
            several = range(start, min(start + 4000, chosen.entries))
            ledger.append([event(at, versions[at // 100 % chosen.dossiers]) for at in several])
        print(
            f"{len(ledger):,} entries of {chosen.dossiers} dossiers, load of the machine: {os.getloadavg()[0]:.1f} of {os.cpu_count()} cores"
        )
        batch = [
            Decision(str(at), "tutoring", "followed", "seen", "school head 0")
            for at in range(chosen.entries, chosen.entries + BATCH)
        ]
        for _ in range(3):
            timed(
                f"past of a batch of {BATCH} by one officer", lambda: len(Past.of(ledger, versions[0], batch).records)
            )
        timed("every decision read and decoded      ", lambda: sum(1 for _ in ledger.records("decision")))


if __name__ == "__main__":
    main()
