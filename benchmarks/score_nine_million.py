"""The nightly list of a country: score every row of the last year of a kingdom, reasons included. CPU-seconds, memory.

    python benchmarks/score_nine_million.py DOSSIER KINGDOM [SAMPLE]

Ours is run as four processes of its own: from raw Parquet (53 columns) and from the binned table, each without rank and
selected; then ranking, apart. Beside them, in the same run: the limit (the columns read and a list of as many bytes
written), and LightGBM and CatBoost where they are installed, predicting on a sample (their matrix ready in memory),
with their exact SHAP values on a smaller one; both are scaled to all rows and said so.
"""

from __future__ import annotations

import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jazari.core.memory import keep_freed_memory


def cpu():
    told = resource.getrusage(resource.RUSAGE_SELF)
    return told.ru_utime + told.ru_stime


def ours(dossier, data, out, *, binned):
    """Inside its own process: the list without ranks, then the ranks; told as JSON."""
    from jazari.core.progress import Silent
    from jazari.data.pseudonym import Pseudonyms
    from jazari.data.source import open_source
    from jazari.usecase.dossier import Dossier
    from jazari.usecase.risk import scoring
    from jazari.usecase.risk.binned import BinnedPieces, score_binned
    from jazari.usecase.risk.national import Published
    from jazari.usecase.risk.parts import Parts
    from jazari.usecase.risk.pieces import NativePieces

    published = Published.of(Dossier.open(dossier))
    if binned:
        scorer = published.glass("read a binned table")
        pieces, score = BinnedPieces(Path(data), scorer), lambda batch: score_binned(scorer, batch)
    else:
        pieces, score = NativePieces(open_source(data), published.table, published.names), published.score
    with tempfile.TemporaryDirectory(dir=out.parent) as folder:
        parts = Parts(Path(folder))
        scoring.score_parts(scoring.Work("benchmark", score, published.help, out), pieces, parts, Silent())
        scoring.unique_keys(parts)
        scoring.write_list(parts, out)
        listed, memory = cpu(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        order, _ = scoring.ranks(parts, published.help, Pseudonyms.of_institution())
        ranked = cpu() - listed
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        json.dumps({"rows": len(order), "list": listed, "ranks": ranked, "gb": memory / 1e6, "gb_ranked": most / 1e6})
    )


def limit(dossier, data, out):
    """Inside its own process: read the columns of the model as they stand, write as many bytes as a list."""
    from jazari.usecase.dossier import Dossier
    from jazari.usecase.risk.national import Published

    published = Published.of(Dossier.open(dossier))
    headers = [header for one in published.table.columns if one.name in published.names
               for header in (one.header, one.recorded) if header]  # fmt: skip
    start, rows, writer = cpu(), 0, None
    for batch in pq.ParquetFile(data).iter_batches(65_536, columns=headers, use_threads=False):
        rows += batch.num_rows
        reals = {f"r{place}": np.frombuffer(batch["pupil_id"].buffers()[1], np.float32)[place : place + batch.num_rows]
                 for place in range(7)}  # fmt: skip
        bytes_ = {f"b{place}": np.zeros(batch.num_rows, np.uint8) for place in range(4)}
        part = pa.table(
            {"key": batch["pupil_id"], "site": batch["school"], "territory": batch["commune"], **reals, **bytes_}
        )
        writer = writer or pq.ParquetWriter(out, part.schema, compression="zstd")
        writer.write_table(part)
    writer.close()
    print(json.dumps({"rows": rows, "cpu": cpu() - start}))


def peers(data, sample):
    """Inside its own process: the peers' own prediction, and their exact SHAP values."""
    from jazari.sectors.education.dropout import pupils

    names = [one.header for one in pupils.inputs]
    table = next(pq.ParquetFile(data).iter_batches(sample, columns=[*names, "left_school"]))
    columns = [table[name] for name in names]
    coded = [one.indices.fill_null(-1) if pa.types.is_dictionary(one.type) else one for one in columns]
    matrix = np.column_stack([one.cast(pa.float64()).to_numpy(zero_copy_only=False) for one in coded])
    truth, told, few = table["left_school"].to_numpy(zero_copy_only=False), {}, min(sample, 5_000)

    def timed(work, rows):
        start = cpu()
        work(rows)
        return cpu() - start

    def lightgbm():
        from lightgbm import LGBMClassifier

        model = LGBMClassifier(n_estimators=300, learning_rate=0.05, n_jobs=2, verbose=-1).fit(
            matrix[:100_000], truth[:100_000]
        )
        booster = model.booster_
        return lambda rows: booster.predict(rows, num_threads=2), lambda rows: booster.predict(
            rows, pred_contrib=True, num_threads=2
        )

    def catboost():
        from catboost import CatBoostClassifier, Pool

        model = CatBoostClassifier(
            iterations=500, learning_rate=0.1, thread_count=2, verbose=0, allow_writing_files=False
        )
        model.fit(matrix[:100_000], truth[:100_000])
        shap = lambda rows: model.get_feature_importance(Pool(rows), type="ShapValues", thread_count=2)  # noqa: E731
        return lambda rows: model.predict_proba(rows, thread_count=2), shap

    for name, make in (("LightGBM, 300 trees", lightgbm), ("CatBoost, 500 trees", catboost)):
        try:
            predict, shap = make()
        except ModuleNotFoundError as missing:
            told[name] = f"absent ({missing.name})"
            continue
        each = {"predict": timed(predict, matrix) / len(matrix), "shap": timed(shap, matrix[:few]) / few}
        told[name] = each
    print(json.dumps(told))


def part(*words):
    """One part in a process of its own; what it told, and its wall time."""
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, __file__, "--part", *map(str, words)], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout), time.monotonic() - start


def main():
    keep_freed_memory()  # as the command does; all parts inherit it, the limit and the peers too
    dossier, kingdom = Path(sys.argv[1]).absolute(), Path(sys.argv[2]).absolute()
    sample = int(sys.argv[3]) if len(sys.argv) > 3 else 200_000
    last = max(kingdom.glob("*.parquet"))
    print(f"{platform.machine()}, Python {platform.python_version()}, pyarrow {version('pyarrow')}")
    with tempfile.TemporaryDirectory(dir=kingdom.parent) as folder:
        out, binned = Path(folder) / "list.parquet", Path(folder) / "rows.arrow"
        plain, _ = part("limit", dossier, last, out)
        rows = plain["rows"]
        print(f"{rows:,} rows\n{'limit: read and write the same bytes':<40} {plain['cpu']:6.1f} CPU-s", flush=True)
        raw, wall = part("ours", dossier, kingdom, out, "raw")
        print(
            f"{'jazari, raw Parquet':<40} {raw['list']:6.1f} CPU-s  {wall:5.1f} s  {raw['gb']:.2f} GB   limit 13, 1 GB"
        )
        print(
            f"{'  ranking within areas, apart':<40} {raw['ranks']:6.1f} CPU-s           {raw['gb_ranked']:.2f} GB",
            flush=True,
        )
        start = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = str(Path(sys.executable).with_name("jazari"))
        subprocess.run(
            [command, "bin", str(dossier), "--data", str(kingdom), "--out", str(binned)],
            check=True,
            capture_output=True,
        )
        end = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(f"{'jazari bin, once':<40} {end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime:6.1f} CPU-s  "
              f"{binned.stat().st_size / 1e6:,.0f} MB")  # fmt: skip
        quick, wall = part("ours", dossier, binned, out, "binned")
        print(
            f"{'jazari, binned':<40} {quick['list']:6.1f} CPU-s  {wall:5.1f} s  {quick['gb']:.2f} GB   limit 8, 1 GB",
            flush=True,
        )
    told, _ = part("peers", last, sample)
    for name, figures in told.items():
        if isinstance(figures, str):
            print(f"{name:<40} {figures}")
            continue
        print(f"{name + ', prediction alone':<40} {figures['predict'] * rows:6.0f} CPU-s, scaled from {sample:,} rows")
        print(f"{'  exact SHAP':<40} {figures['shap'] * rows:6.0f} CPU-s, scaled from {min(sample, 5_000):,} rows")


if __name__ == "__main__":
    if sys.argv[1] != "--part":
        main()
    elif sys.argv[2] == "ours":
        ours(sys.argv[3], sys.argv[4], Path(sys.argv[5]), binned=sys.argv[6] == "binned")
    elif sys.argv[2] == "limit":
        limit(sys.argv[3], sys.argv[4], sys.argv[5])
    else:
        peers(sys.argv[3], int(sys.argv[4]))
