"""From `jazari hub serve` to the first page: in a fresh folder (migrations, accounts, keys) and in one that exists.

.venv/bin/python benchmarks/hub_start.py --turns 5
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path

_LIMIT_S = 3.0


def main() -> None:
    """Start, ask for the first page, stop; fresh and again, by turns."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--turns", type=int, default=5)
    turns = asked.parse_args().turns
    took: dict[str, list[tuple[float, float]]] = {"fresh": [], "existing": []}
    folder = Path(tempfile.mkdtemp(prefix="jazari-hub-start-"))
    try:
        for turn in range(turns):
            for found in took.values():
                found.append(_start(folder / str(turn)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; limit {_LIMIT_S:.0f} s")
    for kind, found in took.items():
        walls, cpus = ([one[at] for one in found] for at in (0, 1))
        print(f"{kind:<9} first page {statistics.median(walls):.2f} s (at most {max(walls):.2f}), "
              f"{statistics.median(cpus):.2f} CPU-s")  # fmt: skip


def _start(data: Path) -> tuple[float, float]:
    """Seconds to the first page, and the CPU-seconds of the server until it was stopped."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    jazari = Path(sys.executable).parent / "jazari"
    command = [jazari, "hub", "serve", "--demo", "--empty", "--port", str(port), "--data", data]
    before = sum(os.times()[2:4])
    begun = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        while not _answers(port):
            time.sleep(0.01)
        wall = time.perf_counter() - begun
        server.terminate()
    return wall, sum(os.times()[2:4]) - before


def _answers(port: int) -> bool:
    link = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        link.request("GET", "/fr/")
        return link.getresponse().status == 200
    except OSError:
        return False
    finally:
        link.close()


if __name__ == "__main__":
    main()
