# ruff: noqa: S311  chance, not secrets
"""The machine stops at any moment; nothing acknowledged is lost, and nothing is there that was not appended."""

import json
import random
import signal
import subprocess
import sys
import threading
import time

import pytest

from jazari.governance import custody
from jazari.governance.events import open_ledger
from jazari.governance.ledger.edge import Edge
from jazari.governance.ledger.files import replace
from jazari.governance.ledger.ledger import CHECKPOINT, Ledger
from jazari.governance.ledger.notes import Checkpoint
from jazari.governance.ledger.verifying import Verification


class Machine:
    """A ledger on a disk in memory: it runs until its power goes, comes up again, and runs on."""

    def __init__(self, folder, make, chance):
        self.folder, self.make, self.chance = folder, make, chance
        self.power = make["Power"]()
        self.platter, self.shelf = make["Platter"](self.power), make["Shelf"](self.power)
        with Ledger.create(folder, "pole.example") as made:
            head = Checkpoint.of("pole.example", 0, Edge().root).signed_by(made.keys.signing()).note()
        self.platter.make_folder("log")
        self.platter.sync_folder("")
        self.shelf.commit([], head)
        replace(self.platter, CHECKPOINT, head, "aside")
        self.acknowledged, self.submitted, self.serial = {}, {}, 0

    def _work(self, ledger, who):
        while True:
            size = self.chance.choice([1, 2, 5, 300])
            self.serial += 1
            call = f"{who}-{self.serial}"
            names = [f"{call}-{at}" for at in range(size)]
            self.submitted[call] = size
            try:
                given = ledger.append([self.make["decision"](name) for name in names])
            except self.make["Killed"]:
                return
            self.acknowledged.update(
                {f"seen on visit {name}": one.index for name, one in zip(names, given, strict=True)}
            )

    def run_until_killed(self, acts, writers):
        self.power.left = acts
        try:
            ledger = Ledger(self.folder, self.platter, self.shelf, "pole.example")
        except self.make["Killed"]:
            ledger = None
        if ledger is not None:
            threads = [threading.Thread(target=self._work, args=(ledger, who)) for who in range(writers)]
            for one in threads:
                one.start()
            for one in threads:
                one.join()
            ledger._lock.close()
        self.power = self.make["Power"]()
        self.platter = self.platter.after_power_loss(self.chance)
        self.platter.power = self.shelf.power = self.power

    def check(self):
        ledger = Ledger(self.folder, self.platter, self.shelf, "pole.example")
        verified = Verification(self.platter, "log").finish(ledger.policy())
        entries = list(ledger.entries())
        held = {one["record"]["reasons"]: one["index"] for one in ledger.records()}
        assert verified.size == len(entries) == len(held) == len(self.shelf.held)
        assert self.acknowledged.items() <= held.items()
        calls = {}
        for reasons in held:
            call = reasons.removeprefix("seen on visit ").rpartition("-")[0]
            calls[call] = calls.get(call, 0) + 1
        assert all(self.submitted[call] == count for call, count in calls.items())
        ledger._lock.close()
        return verified


def kills(folder, make, seed, count):
    """Kill one machine again and again; each time it must come up with everything it acknowledged."""
    chance = random.Random(seed)
    machine = Machine(folder, make, chance)
    earlier = None
    for _ in range(count):
        machine.run_until_killed(chance.choice([chance.randrange(40), chance.randrange(400)]), writers=3)
        machine.check()
        head = Checkpoint.parse(machine.platter.read(CHECKPOINT))
        if earlier is not None:  # no checkpoint that was ever published is taken back
            policy = machine_policy(folder)
            Verification(machine.platter, "log").finish(policy, since=earlier)
        earlier = head
    return machine


def machine_policy(folder):
    from jazari.governance.ledger.settings import read_policy

    return read_policy(folder / "policy")


def test_twenty_kills_lose_nothing_acknowledged(tmp_path, make):
    machine = kills(tmp_path / "ledger", make, seed=1, count=20)
    assert machine.acknowledged


@pytest.mark.long
@pytest.mark.parametrize("seed", range(50))
def test_a_thousand_kills_lose_nothing_acknowledged(tmp_path, make, seed):
    kills(tmp_path / "ledger", make, seed=100 + seed, count=20)


def test_an_unsynced_disk_would_be_noticed(tmp_path, make, monkeypatch):
    """The disk of these tests does lose what was not synced: without syncs the same run breaks."""
    monkeypatch.setattr(make["Platter"], "sync", lambda self, *_: self.power.act())
    monkeypatch.setattr(make["Platter"], "sync_folder", lambda self, *_: self.power.act())
    with pytest.raises((Exception, AssertionError)):  # noqa: PT012  one of the runs breaks
        for seed in range(5):
            kills(tmp_path / f"ledger{seed}", make, seed=seed, count=20)


PROGRAM = """
import sys, threading
from jazari.governance.events import Event, open_ledger
ledger = open_ledger(sys.argv[1])
facts = {"system": "education.dropout", "version": "1.0.0"}
mutex = threading.Lock()
def work(who):
    at = 0
    while True:
        at += 1
        said = {"outcome": "tutoring", "action": "followed", "reasons": f"{who} {at}", "officer": "officer-3"}
        for one in ledger.append([Event("decision", said, facts)]):
            with mutex:
                print(one.index, one.number, flush=True)
for who in range(4):
    threading.Thread(target=work, args=(who,)).start()
"""


def kill_for_real(ledger, chance):
    """A process that appends is killed by the system; whatever it had printed is there afterwards."""
    child = subprocess.Popen([sys.executable, "-c", PROGRAM, str(ledger.folder)], stdout=subprocess.PIPE, text=True)
    first = child.stdout.readline()
    time.sleep(chance.random() / 10)
    child.send_signal(signal.SIGKILL)
    said = [line.split() for line in (first + child.stdout.read()).splitlines(keepends=True) if line.endswith("\n")]
    child.stdout.close()
    child.wait()
    with open_ledger(ledger.folder) as again:
        held = {one["index"]: one["number"] for one in again.records()}
        assert said
        assert all(held[int(index)] == number for index, number in said)
        assert len(again) == len(held)
    assert custody.verify(ledger.folder).size == len(held)


def test_a_killed_process_loses_nothing_acknowledged(ledger):
    kill_for_real(ledger, random.Random(1))
    assert json.loads((ledger.folder / "ledger.json").read_text())["name"] == "pole.example"


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20))
def test_twenty_killed_processes_lose_nothing_acknowledged(ledger, seed):
    kill_for_real(ledger, random.Random(seed))
