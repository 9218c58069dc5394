# ruff: noqa: E501, S101, S311  printed rows are as long as they are; a benchmark checks what it measured
"""A log of ten million entries: proof, full verification, memory; beside the hash limit and pymerkle.

    python benchmarks/ledger_scale.py [--entries 10000000] [--peer 100000]

The log is written with the ledger's own tiles and bundles; its entries have the size and form of decisions. Proof and
verification run in fresh processes, so that the memory printed is theirs alone.
"""

import argparse
import hashlib
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from jazari.core import canonical
from jazari.governance.ledger.edge import Edge, grow
from jazari.governance.ledger.files import Disk, _ensure
from jazari.governance.ledger.notes import LOG, Checkpoint, PrivateKey
from jazari.governance.ledger.policy import Policy
from jazari.governance.ledger.reading import Reader
from jazari.governance.ledger.tiles import Hashes
from jazari.governance.ledger.tree import inclusion, leaf_hash, leaf_hashes, root_from_inclusion
from jazari.governance.ledger.verifying import Verification

KEY = PrivateKey.of("bench.example", LOG, b"b" * 32)
POLICY = Policy((KEY.public,))
STEP = 1 << 16
PLACE = "0" * 64
FACTS = {"kind": "decision", "at": "2026-11-22T00:00:00Z", "v": 1, "system": "education.dropout", "version": "1.0.0"}
ENTRY = canonical.encode(FACTS | {"model": "a" * 64, "declaration": "b" * 64, "commitment": PLACE})
HEAD, _, TAIL = ENTRY.partition(PLACE.encode())


def memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def build(folder, size):
    files, edge, folders = Disk(folder), Edge(), set()
    began = time.process_time()
    for start in range(0, size, STEP):
        entries = [
            HEAD + hashlib.sha256(at.to_bytes(8)).hexdigest().encode() + TAIL
            for at in range(start, min(size, start + STEP))
        ]
        grown = grow(edge, entries, leaf_hashes(entries))
        for path, data in grown.files.items():
            _ensure(files, path.rpartition("/")[0], folders)
            files.write(path, data)
        edge = grown.edge
    files.write("checkpoint", Checkpoint.of("bench.example", size, edge.root).signed_by(KEY).note())
    print(
        f"built: {size / (time.process_time() - began):,.0f} entries/CPU-s without syncs, {memory():.0f} MB", flush=True
    )


def prove(folder, size):
    reader, chance, walls, cpus = Reader(Disk(folder), ""), random.Random(1), [], []
    head = reader.checkpoint()
    for _ in range(1000):
        index = chance.randrange(size)
        wall, cpu = time.perf_counter(), time.process_time()
        entry = next(reader.entries(index, size))
        path = inclusion(Hashes(reader.tile, size).node, index, size)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
        assert root_from_inclusion(leaf_hash(entry), index, size, path) == head.root
    walls.sort()
    cpus.sort()
    print(
        f"proof: {1e3 * walls[500]:.2f} ms median, {1e3 * walls[990]:.2f} ms p99 wall; {1e3 * cpus[500]:.2f} ms median CPU; "
        f"path {32 * len(path)} bytes; {memory():.0f} MB"
    )


def verify(folder, size):
    began, wall = time.process_time(), time.perf_counter()
    verified = Verification(Disk(folder), "").finish(POLICY)
    cpu, wall = time.process_time() - began, time.perf_counter() - wall
    assert verified.size == size
    print(f"verification: {size / cpu:,.0f} entries/CPU-s, {size / wall:,.0f}/s wall, {memory():.0f} MB")


def limit():
    data, began = b"\0" + ENTRY, time.process_time()
    for _ in range(300_000):
        hashlib.sha256(data).digest()
    one = time.process_time() - began
    data, began = bytes(65), time.process_time()
    for _ in range(300_000):
        hashlib.sha256(data).digest()
    print(
        f"limit: {300_000 / (one + time.process_time() - began):,.0f} entries/CPU-s, a leaf of {len(ENTRY)} bytes and a node each"
    )


def peer(size):
    from pymerkle import InmemoryTree

    tree = InmemoryTree(algorithm="sha256")
    for at in range(size):
        tree.append_entry(HEAD + hashlib.sha256(at.to_bytes(8)).hexdigest().encode() + TAIL)
    began = time.process_time()
    for index in (1, size // 2, size):
        tree.prove_inclusion(index, size)
    print(
        f"peer, pymerkle at {size:,}: {1e3 * (time.process_time() - began) / 3:.1f} ms CPU a proof, {memory():.0f} MB"
    )


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--entries", type=int, default=10_000_000)
    options.add_argument("--peer", type=int, default=100_000)
    options.add_argument("--part", nargs=2)
    chosen = options.parse_args()
    if chosen.part:
        globals()[chosen.part[0]](Path(chosen.part[1]), chosen.entries)
        return
    print(json.dumps({"load": os.getloadavg()[0], "cores": os.cpu_count(), "entries": chosen.entries}))
    limit()
    with tempfile.TemporaryDirectory() as folder:
        for part in ("build", "prove", "verify"):
            subprocess.run(
                [sys.executable, __file__, "--entries", str(chosen.entries), "--part", part, folder], check=True
            )
    peer(chosen.peer)


if __name__ == "__main__":
    main()
