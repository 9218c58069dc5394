"""A national run that is killed, whenever it is, goes on where it was, and its list is the same to the last byte.

Also what it does where it cannot go on: a full disk, a place that cannot be written, data that change under it.
"""

import os
import resource
import shutil
import signal
import subprocess
import sys
import time

import pyarrow.parquet as pq
import pytest

from jazari.core.errors import JazariError
from jazari.core.progress import Silent
from jazari.sectors.education.kingdom import make
from jazari.usecase.risk import pieces, scoring
from jazari.usecase.score import keep_binned, score

COMMAND = "import sys; from jazari.cli.main import main; main(sys.argv[1:])"
DYING = """
import os, signal, sys, time
import pyarrow as pa
from jazari.cli.main import main
from jazari.usecase.risk import listing, pieces, scoring

pieces.ROWS = 1_000
at, calls = sys.argv.pop(1), []

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def dying(plain, after):
    def called(*words):
        calls.append(1)
        return die() if len(calls) > after else plain(*words)
    return called

def half(path, schema):
    open(path, "wb").write(b"ARROW1 and no more")
    die()

written = scoring.Parts.write

def once_one_is_there(self, place, rows):
    calls.append(1)
    if len(calls) == 1:
        return written(self, place, rows)
    while not list(self.folder.glob("*.arrow")):
        time.sleep(0.01)
    die()

if at == "the second part":
    scoring.Parts.write = once_one_is_there
if at == "half a part":
    pa.ipc.new_file = half
if at == "the ranks":
    scoring.ranks = die
if at == "half the list":
    scoring.listing.in_schema = dying(listing.in_schema, 2)
main(sys.argv[1:])
"""


@pytest.fixture(scope="module")
def cut(kingdom, tmp_path_factory):
    """The last year in row groups of 700, three files."""
    folder = tmp_path_factory.mktemp("cut")
    rows = pq.read_table(max(kingdom.glob("*.parquet")))
    for place in range(3):
        pq.write_table(rows.slice(place * 1_400, 1_400), folder / f"{place}.parquet", row_group_size=700)
    return folder


def test_a_run_killed_at_every_stage_ends_as_an_unbroken_one(listed, cut, tmp_path, monkeypatch):
    monkeypatch.setattr(pieces, "ROWS", 1_000)
    (tmp_path / "straight").mkdir()
    score(listed, cut, tmp_path / "straight" / "l.parquet")
    out, found = tmp_path / "broken" / "l.parquet", []
    out.parent.mkdir()
    for stage in ("the second part", "half a part", "the ranks", "half the list"):
        words = [sys.executable, "-c", DYING, stage, "score", str(listed.path), "--data", str(cut), "--out", str(out)]
        ran = subprocess.run(words, capture_output=True, check=False)
        assert ran.returncode == -signal.SIGKILL, (stage, ran.stderr)
        assert not out.exists()
        found.append(len(list((out.parent / ".l.parquet.parts").glob("*.arrow"))))
    assert 1 <= found[0] <= found[1] < found[2] == found[3], "each run went on from the parts of the one before"
    score(listed, cut, out)
    assert out.read_bytes() == (tmp_path / "straight" / "l.parquet").read_bytes()
    assert [one.name for one in out.parent.iterdir()] == ["l.parquet"]


def limited():
    """In the process to come, no file grows beyond forty thousand bytes: a disk that is full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))


@pytest.mark.parametrize("word", ["score", "bin"])
def test_a_full_disk_is_said_and_nothing_is_left(listed, kingdom, tmp_path, word):
    words = [sys.executable, "-c", COMMAND, word, str(listed.path), "--data", str(kingdom), "--out"]
    ran = subprocess.run(
        [*words, str(tmp_path / "out")], preexec_fn=limited, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr.partition("]")[0]) == (3, "[JZ-340")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("work", [score, keep_binned])
def test_a_place_that_cannot_be_written_is_said(listed, kingdom, tmp_path, work):
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "nowhere" / "l.parquet", tmp_path / "file" / "l.parquet"):
        with pytest.raises(JazariError, match="JZ-341"):
            work(listed, kingdom, place)
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("form", ["parquet", "binned", "csv"])
def test_data_that_change_under_a_run_are_refused(listed, kingdom, tmp_path, monkeypatch, form):
    data, out = tmp_path / "rows.parquet", tmp_path / "l.parquet"
    shutil.copy(max(kingdom.glob("*.parquet")), data)
    if form == "binned":
        keep_binned(listed, data, tmp_path / "rows.arrow")
        data = tmp_path / "rows.arrow"
    if form == "csv":
        from pyarrow import csv

        csv.write_csv(pq.read_table(data), tmp_path / "rows.csv")
        data = tmp_path / "rows.csv"
    written = scoring.Parts.write

    def meanwhile(self, place, rows):
        written(self, place, rows)
        os.utime(data, ns=(1, 1))

    monkeypatch.setattr(scoring.Parts, "write", meanwhile)
    with pytest.raises(JazariError, match="JZ-418"):
        score(listed, data, out)
    assert not out.exists()
    assert not list(tmp_path.glob(".*"))


def test_data_that_changed_since_a_stopped_run_are_listed_anew(listed, kingdom, tmp_path, monkeypatch):
    data, out = tmp_path / "rows.parquet", tmp_path / "l.parquet"
    rows = pq.read_table(max(kingdom.glob("*.parquet")))
    pq.write_table(rows, data)
    monkeypatch.setattr(scoring, "ranks", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        score(listed, data, out)
    monkeypatch.undo()
    pq.write_table(rows.slice(500), data)
    assert score(listed, data, out)["rows"] == 3_500
    assert pq.read_table(out)["key"].to_pylist() == rows["pupil_id"].slice(500).to_pylist()


@pytest.mark.long
def test_a_million_rows_killed_again_and_again_end_as_an_unbroken_run(listed, tmp_path):
    make(tmp_path / "k", pupils=1_000_000, seed=9, progress=Silent())
    words = [sys.executable, "-c", COMMAND, "score", str(listed.path), "--data", str(tmp_path / "k"), "--out"]
    subprocess.run([*words, str(tmp_path / "straight.parquet")], check=True)
    out, folder, reached = tmp_path / "l.parquet", tmp_path / ".l.parquet.parts", []
    for wanted in (1, 2, 3, 4, 4):
        running = subprocess.Popen([*words, str(out)])
        while len(list(folder.glob("*.arrow"))) < wanted and running.poll() is None:
            time.sleep(0.005)
        running.send_signal(signal.SIGKILL)
        running.wait()
        reached.append(len(list(folder.glob("*.arrow"))))
    assert reached == sorted(reached)
    assert reached[0] >= 1
    assert not out.exists()
    subprocess.run([*words, str(out)], check=True)
    assert out.read_bytes() == (tmp_path / "straight.parquet").read_bytes()
    assert not folder.exists()
