"""The risk engines on a synthetic kingdom: fit on the first years, AUC on the last. Ours, the peers, the ceiling.

    python benchmarks/risk_kingdom.py FOLDER [ROWS]

FOLDER is made by `jazari kingdom education`. Peers that are not installed are said to be absent. CPU-seconds are those
of fitting alone; peers get two threads, their own handling of categories, and no directions.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "2")

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss, roc_auc_score

from jazari.core.progress import Silent
from jazari.engines.risk import glass, logistic
from jazari.schema.records import TableRows
from jazari.sectors.education.dropout import pupils

INPUTS = pupils.inputs
OUTCOME = "left_school"


def rows_of(path: Path) -> pa.Table:
    """A year as an engine reads it; a value recorded after the prediction date is missing on that date."""
    table = pq.read_table(path)
    last = pa.scalar(f"{path.stem[:4]}-12-26")
    columns = {}
    for one in INPUTS:
        values = table[one.header].combine_chunks()
        values = values.cast(pa.string()) if one.kind == "category" else values.cast(pa.float64())
        if one.recorded:
            late = pc.greater(table[one.recorded].combine_chunks().cast(pa.string()), last)
            values = pc.if_else(pc.fill_null(late, fill_value=True), pa.scalar(None, values.type), values)
        columns[one.name] = values
    return pa.table(columns | {OUTCOME: table[OUTCOME].combine_chunks().cast(pa.bool_())})


def matrix(table: pa.Table, words: dict[str, list[str]]) -> np.ndarray:
    """What the peers read: numbers with NaN, categories as whole numbers."""
    parts = []
    for one in INPUTS:
        column = table[one.name].combine_chunks()
        if one.kind == "category":
            column = pc.fill_null(pc.index_in(column, value_set=pa.array(words[one.name])), len(words[one.name]))
        parts.append(column.cast(pa.float64()).to_numpy(zero_copy_only=False))
    return np.column_stack(parts)


def report(name, fit, score, truth):
    start = time.process_time()
    model = fit()
    spent = time.process_time() - start
    chance = score(model)
    print(
        f"{name:<22} AUC {roc_auc_score(truth, chance):.5f}  log-loss {log_loss(truth, chance):.5f}  CPU {spent:6.1f}",
        flush=True,
    )
    return model


def ours(engine, train, test, truth):
    def fit():
        return engine.fit(TableRows(train), INPUTS, OUTCOME, seed=0, settings={}, progress=Silent())

    return report(f"jazari {engine.name}", fit, lambda model: 1 / (1 + np.exp(-model.logit(test))), truth)


def peers(train, test, known, truth):
    words = {one.name: pc.unique(train[one.name]).drop_null().to_pylist() for one in INPUTS if one.kind == "category"}
    cats = [place for place, one in enumerate(INPUTS) if one.kind == "category"]
    left, right = matrix(train, words), matrix(test, words)

    def run(name, build, **more):
        try:
            model = build()
        except ModuleNotFoundError as missing:
            print(f"{name:<22} absent ({missing.name})")
            return
        report(name, lambda: model.fit(left, known, **more), lambda fitted: fitted.predict_proba(right)[:, 1], truth)

    def lightgbm():
        from lightgbm import LGBMClassifier

        return LGBMClassifier(n_estimators=300, learning_rate=0.05, min_child_samples=100, n_jobs=2, verbose=-1)

    def xgboost():
        from xgboost import XGBClassifier

        return XGBClassifier(n_estimators=300, learning_rate=0.05, max_depth=6, tree_method="hist", n_jobs=2)

    def catboost():
        from catboost import CatBoostClassifier

        return CatBoostClassifier(
            iterations=500, learning_rate=0.1, thread_count=2, verbose=0, allow_writing_files=False
        )

    run("LightGBM", lightgbm, categorical_feature=cats)
    run("XGBoost", xgboost)
    run("CatBoost", catboost)
    run(
        "scikit-learn HGB",
        lambda: HistGradientBoostingClassifier(max_iter=300, learning_rate=0.06, categorical_features=cats),
    )


def main():
    folder, size = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    years = sorted(folder.glob("*.parquet"))
    train = pa.concat_tables([rows_of(path) for path in years[:-2]]).slice(0, size)
    test = rows_of(years[-1])
    known, truth = train[OUTCOME].to_numpy(), test[OUTCOME].to_numpy()
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, "
          f"numpy {version('numpy')}, scikit-learn {version('scikit-learn')}")  # fmt: skip
    print(f"{len(train):,} rows fitted, {len(INPUTS)} columns; {len(test):,} rows of {years[-1].stem} held out")
    real = pq.read_table(folder / "truth" / years[-1].name)
    model = ours(glass.ENGINE, train, test, truth)
    print("   pairs:", [term.columns for term in model.terms if len(term.columns) > 1])
    ours(logistic.ENGINE, train, test, truth)
    peers(train, test, known, truth)
    chance = real["probability"].to_numpy()
    print(f"{'ceiling (truth)':<22} AUC {roc_auc_score(truth, chance):.5f}")
    print("limits: glass at most 30 CPU-s a 1,000,000 rows, AUC within .002 of the best peer")


if __name__ == "__main__":
    main()
