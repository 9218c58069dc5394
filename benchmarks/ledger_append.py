# ruff: noqa: E501  printed rows are as long as they are; a benchmark checks what it measured
"""Durable appends: many writers of many records a call, beside what the machine can do at most and what peers do.

    python benchmarks/ledger_append.py [--writers 64] [--records 100] [--seconds 10]

Printed: records a second (wall and CPU), acknowledgement median and p99, beside SHA-256 of the same bytes, the disk's
fsync latency, and SQLite in WAL mode with synchronous=FULL writing the same records in batches of 1,000.
"""

import argparse
import hashlib
import multiprocessing
import os
import sqlite3
import tempfile
import threading
import time
from pathlib import Path

from jazari.governance.events import Event, create_ledger, open_ledger
from jazari.governance.ledger.event import seal

FACTS = {"system": "education.dropout", "version": "1.0.0", "model": "a" * 64, "declaration": "b" * 64}


def decision(at):
    said = {
        "outcome": "tutoring",
        "action": "followed",
        "reasons": f"seen with the family on visit {at}",
        "officer": "officer-3",
    }
    return Event("decision", said, FACTS, subject=str(at))


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def write(folder, threads, records, seconds, out):
    """One process with its threads, each sealing one call after the other."""
    with open_ledger(folder) as ledger:
        waits, stop = [], threading.Event()

        def work(who):
            events = [decision(f"{who}-{at}") for at in range(records)]
            while not stop.is_set():
                start = time.perf_counter()
                ledger.append(events)
                waits.append(time.perf_counter() - start)

        workers = [threading.Thread(target=work, args=(who,)) for who in range(threads)]
        begin, cpu = time.perf_counter(), time.process_time()
        for one in workers:
            one.start()
        time.sleep(seconds)
        stop.set()
        for one in workers:
            one.join()
        out.put((waits, time.perf_counter() - begin, time.process_time() - cpu))


def appends(folder, processes, writers, records, seconds):
    folder = folder / f"ledger-{processes}-{writers}-{records}"
    create_ledger(folder, "bench.example").close()
    context = multiprocessing.get_context("fork")
    out = context.Queue()
    share = writers // processes
    running = [context.Process(target=write, args=(folder, share, records, seconds, out)) for _ in range(processes)]
    for one in running:
        one.start()
    found = [out.get() for _ in running]
    for one in running:
        one.join()
    waits = [wait for one in found for wait in one[0]]
    took, cpu, done = max(one[1] for one in found), sum(one[2] for one in found), len(waits) * records
    print(
        f"ours, {writers} writers in {processes} process(es) x {records:>3} a call: {done / took:9,.0f}/s wall, {done / cpu:9,.0f}/CPU-s, "
        f"acknowledged in {1e3 * quantile(waits, 0.5):6.1f} ms median, {1e3 * quantile(waits, 0.99):6.1f} ms p99 ({done:,} entries)",
        flush=True,
    )


def limits(folder):
    sealed = seal([decision(at) for at in range(20_000)], b"k" * 32)
    begin = time.process_time()
    for one in sealed:
        hashlib.sha256(one.entry).digest()
        hashlib.sha256(one.record).digest()
        hashlib.sha256(one.leaf + one.leaf).digest()
    print(f"limit, the three hashes of an entry:   {len(sealed) / (time.process_time() - begin):9,.0f}/CPU-s")
    path, waits = folder / "sync", []
    handle = os.open(path, os.O_CREAT | os.O_WRONLY)
    for at in range(300):
        os.pwrite(handle, b"x" * 8192, 8192 * at)
        begin = time.perf_counter()
        os.fsync(handle)
        waits.append(time.perf_counter() - begin)
    os.close(handle)
    print(
        f"limit, fsync of the disk: {1e3 * quantile(waits, 0.5):.2f} ms median, {1e3 * quantile(waits, 0.99):.2f} ms p99"
    )
    connection = sqlite3.connect(folder / "peer.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE records (place INTEGER PRIMARY KEY, entry BLOB, salt BLOB, record BLOB)")
    begin, cpu = time.perf_counter(), time.process_time()
    for start in range(0, 20_000, 1000):
        connection.execute("BEGIN")
        rows = [(start + at, one.entry, one.salt, one.record) for at, one in enumerate(sealed[start : start + 1000])]
        connection.executemany("INSERT INTO records VALUES (?, ?, ?, ?)", rows)
        connection.execute("COMMIT")
    print(
        f"peer, SQLite WAL FULL, batches of 1,000, nothing proved: {20_000 / (time.perf_counter() - begin):9,.0f}/s wall, "
        f"{20_000 / (time.process_time() - cpu):9,.0f}/CPU-s"
    )
    connection.close()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--writers", type=int, default=64)
    options.add_argument("--records", type=int, default=100)
    options.add_argument("--seconds", type=float, default=10)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"load of the machine: {os.getloadavg()[0]:.1f} of {os.cpu_count()} cores")
        limits(folder)
        for processes in (1, 4):
            appends(folder, processes, chosen.writers, chosen.records, chosen.seconds)
            appends(folder, processes, chosen.writers, 1, chosen.seconds)
        appends(folder, 1, 8, chosen.records, chosen.seconds)
        print(f"load of the machine: {os.getloadavg()[0]:.1f} of {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
