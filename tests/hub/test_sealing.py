"""A crash at any point between log and store leaves each act done once or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jazari.core.errors import LedgerError

REASONS = "Met the mother on Tuesday: harvest work until November"
GROUNDS = "The absences were my brother's, who has the same name"
ANSWER = {
    "examined": "The register of absences and the mother", "would_differ": "yes", "outcome": "reversed",
    "instead": "none", "other": "", "reason": "data", "remedy": "The register is corrected this week",
    "reply": "You were right: the place is for another",
}  # fmt: skip


class Killed(BaseException):
    """Stands for a process that ends on the spot."""


@pytest.fixture
def killed(monkeypatch):
    """Kill at a point: `intent` once that is written, `sealed` once the log has it, `kept` before it commits."""

    def at(point, act):
        from jazari.hub.decisions import sealing
        from jazari.hub.decisions.models import Intent

        def die(*_, **__):
            raise Killed

        with monkeypatch.context() as patch:
            if point == "intent":
                patch.setattr(sealing.transaction, "atomic", die)
            elif point == "sealed":
                from jazari.governance.ledger.ledger import Ledger

                true = Ledger.append
                patch.setattr(Ledger, "append", lambda *args: (true(*args), die()))
            else:
                patch.setattr(Intent, "delete", die)
            with pytest.raises(Killed):
                act()

    return at


def claimed(officer):
    from jazari.hub.decisions import deciding

    _, case, who = officer
    deciding.claim(case, who)
    said = {"outcome": "help", "other": "", "action": "followed", "reasons": REASONS}
    return lambda: deciding.take(case, who, said)


@pytest.mark.parametrize("point", ["intent", "sealed", "kept"])
def test_a_decision_that_a_crash_cut_is_sealed_once_when_it_is_tried_again(officer, killed, records, point):
    from jazari.hub.decisions.models import Decision, Intent

    act = claimed(officer)
    killed(point, act)
    assert not Decision.objects.exists()
    decision = act()
    assert (decision.reasons, decision.case.state) == (REASONS, "decided")
    assert [one["number"] for one in records("decision")] == [decision.number.replace("-", "")]
    assert act() == decision  # the same form sent once more
    assert not Intent.objects.exists()


@pytest.mark.parametrize(("point", "kept"), [("intent", 0), ("sealed", 1), ("kept", 1)])
def test_tick_finishes_what_was_sealed_and_forgets_what_was_not(officer, killed, records, client, point, kept):
    from jazari.hub.decisions.models import Decision
    from jazari.hub.due import do_what_is_due

    killed(point, claimed(officer))
    done = do_what_is_due()
    assert done["acts finished after a crash"] == kept
    assert done["acts forgotten after a crash"] == 1 - kept
    assert Decision.objects.count() == len(records("decision")) == kept
    if kept:
        decision = Decision.objects.get()
        assert bytes(decision.receipt).startswith(b"c2sp.org/tlog-proof@v1")
        assert decision.opened_at <= decision.decided_at
        assert decision.routes
        assert decision.factors == decision.case.factors
    assert do_what_is_due()["acts finished after a crash"] == 0


@pytest.mark.parametrize("point", ["intent", "sealed", "kept"])
def test_an_objection_and_its_answer_are_each_sealed_once(decided, person, killed, records, point):
    from jazari.hub.decisions import sealing
    from jazari.hub.objections import closing, filing
    from jazari.hub.objections.models import Objection

    said = {"speaker": "self", "grounds": GROUNDS}
    form = "f" * 32

    def file():
        return filing.file_objection(decided, said, "fr", form)

    killed(point, file)
    filed = file()
    assert file() == filed  # a double click: the same number, the same secret
    assert Objection.objects.count() == len(records("objection")) == 1
    objection, reviewer = Objection.objects.get(), person("reviewer")

    def answer():
        closing.answer_objection(objection, reviewer, ANSWER)

    killed(point, answer)
    sealing.repair()
    objection.refresh_from_db()
    assert objection.state in closing.OPEN
    answer()  # again: the decision that was sealed instead is not sealed twice
    objection.refresh_from_db()
    assert len(records("decision")) == decided.case.decisions.count() == 2
    assert (objection.outcome, objection.review.reply) == ("reversed", ANSWER["reply"])
    assert [one["outcome"] for one in records("answer")] == ["reversed"]


@pytest.mark.parametrize("point", ["intent", "sealed", "kept"])
def test_a_request_and_its_answer_are_each_sealed_once(decided, person, killed, records, point):
    from jazari.hub.decisions import sealing
    from jazari.hub.objections import closing, filing
    from jazari.hub.objections.models import HelpRequest

    said = {"asker": "teacher", "who": "Pupil 17", "why": "His father is ill", "territory": decided.territory}

    def file():
        return filing.file_request(decided.system, said, "fr", "e" * 32)

    killed(point, file)
    filed = file()
    assert file() == filed
    assert HelpRequest.objects.count() == len(records("help_request")) == 1
    asked, officer = HelpRequest.objects.get(), person("officer")
    killed(point, lambda: closing.answer_request(asked, officer, granted=True, reply="Yes, from Monday on"))
    assert sealing.repair() == {"finished": int(point != "intent"), "forgotten": int(point == "intent")}
    asked.refresh_from_db()
    assert asked.granted is (True if point != "intent" else None)
    assert len(records("answer")) == int(point != "intent")


def test_a_ledger_that_refuses_leaves_neither_act_nor_intent(officer, monkeypatch):
    from jazari.governance.ledger.ledger import Ledger
    from jazari.hub.decisions.models import Decision, Intent

    def full(*_):
        raise LedgerError("JZ-604", "the disk is full", fix="make room.")

    act = claimed(officer)
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "append", full)
        with pytest.raises(LedgerError, match="JZ-604"):
            act()
    assert not Decision.objects.exists()
    assert not Intent.objects.exists()
    assert act().reasons == REASONS


_CHILD = """
import os, sys
from pathlib import Path
data, dossier, point = sys.argv[1:]
from jazari.hub import server
profile = server.start_django("demo", data)
server.prepare(profile)
from jazari.governance.ledger.ledger import Ledger
from jazari.hub.decisions import deciding, sealing
from jazari.hub.decisions.models import Case, Decision, Intent
from jazari.hub.demo_cases import _person
if point == "prepare":
    from jazari.hub.demo import _publish
    from jazari.hub.decisions.private import bring_in
    (profile.data / "demo").mkdir()
    _publish(Path(dossier), profile.data / "demo")
    bring_in(Path(dossier))
    sys.exit()
if point == "repair":
    print(sealing.repair(), Decision.objects.count(), Intent.objects.count())
    sys.exit()
case, officer = Case.objects.order_by("pk").filter(state="waits").first(), _person("demo-officer")
deciding.claim(case, officer)
if point == "sealed":
    true = Ledger.append
    Ledger.append = lambda *args: (true(*args), os._exit(9))
else:
    Intent.delete = lambda *_: os._exit(9)
said = {"outcome": "help", "other": "", "action": "followed", "reasons": "Met the mother: works far away " + point}
deciding.take(case, officer, said)
"""


def test_a_process_that_is_killed_leaves_a_store_that_repairs_itself(listed, tmp_path):
    script = tmp_path / "child.py"
    script.write_text(_CHILD, encoding="utf-8")

    def child(point):
        command = [sys.executable, str(script), str(tmp_path / "hub"), str(listed.path), point]
        env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=env)

    assert child("prepare").returncode == 0
    assert [child(point).returncode for point in ("sealed", "kept")] == [9, 9]
    assert child("repair").stdout.strip() == "{'finished': 2, 'forgotten': 0} 2 0"
    assert child("repair").stdout.strip() == "{'finished': 0, 'forgotten': 0} 2 0"
    assert Path(tmp_path / "hub" / "ledger" / "log" / "checkpoint").is_file()
