"""Evidence on 1,000,000 predictions with 12 regions x sex x milieu: ours, the peers, the limit, in one run.

    python benchmarks/audit_million.py

Ours: every figure, group, pair, gap, rival and interval, by site (6,666 of them) and by person. The peer is what a
statistician would write today: Fairlearn's MetricFrame with its own bootstrap (`n_boot`) over the same groups, which
gives intervals for the groups' rates and nothing else; it is timed at few replicates and scaled to ours, and says so.
The limit is 60 CPU-seconds and 2 GB. Each part runs in a process of its own, one thread.
"""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
import time

ROWS, REGIONS, PEER_REPLICATES = 1_000_000, 12, 4
LIMIT = "60 CPU-s, 2.0 GB"


def population(unit):
    import numpy as np
    import pyarrow as pa

    from jazari.audit.places import rank
    from jazari.schema.help import places

    rng = np.random.default_rng(0)
    sites = ROWS // 150
    site, level = rng.integers(0, sites, ROWS), rng.normal(0, 0.5, sites)
    signal = rng.normal(size=ROWS)
    known, truth = 1 / (1 + np.exp(3.3 - 1.2 * signal)), 1 / (1 + np.exp(3.4 - 1.2 * signal - level[site]))
    made = {
        "pseudonym": np.char.mod("%016x", rng.permutation(ROWS)),
        "site": pa.nulls(ROWS, pa.string()) if unit == "person" else np.char.mod("s%06d", site),
        "territory": np.char.mod("c%04d", site % 1500),
        "probability": known,
        "outcome": rng.random(ROWS) < truth,
        "baseline": np.round(signal + rng.normal(size=ROWS)),
        "challenger": truth,
        "site_rate": 1 / (1 + np.exp(3.4 - level[site])),
        "region": np.char.mod("r%02d", site % REGIONS),
        "milieu": np.where(site % 5 < 2, "rural", "urban"),
        "sex": np.where(rng.random(ROWS) < 0.5, "f", "m"),
    }
    table = pa.table(made)
    help_ = places("tutoring", share=0.04, of="territory")
    _, selected = rank(table["probability"], table["territory"], help_, table["pseudonym"])
    return table.append_column("selected", pa.array(selected)), help_


def ours(unit):
    from jazari.audit.risk import evidence

    table, help_ = population(unit)
    start = time.process_time()
    found = evidence(table, places=help_, audited=("region", "sex", "milieu"), area="territory", seed=0)
    groups = sum(len(margin["groups"]) for margin in found["groups"].values())
    what = f"{groups} groups, {found['bootstrap']['replicates']} replicates by {unit}"
    return time.process_time() - start, what


def peer(_unit):
    from fairlearn.metrics import MetricFrame, false_negative_rate, false_positive_rate, selection_rate
    from sklearn.metrics import precision_score, recall_score

    table, _ = population("person")
    metrics = {
        "recall": recall_score, "precision": precision_score, "selection": selection_rate,
        "fpr": false_positive_rate, "fnr": false_negative_rate,
    }  # fmt: skip
    groups = table.select(["region", "sex", "milieu"]).to_pandas()
    start = time.process_time()
    MetricFrame(
        metrics=metrics, y_true=table["outcome"].to_numpy(), y_pred=table["selected"].to_numpy(),
        sensitive_features=groups, n_boot=PEER_REPLICATES, ci_quantiles=[0.025, 0.975], random_state=0,
    )  # fmt: skip
    each = (time.process_time() - start) / (PEER_REPLICATES + 1)
    return each * 400, f"48 groups, 5 rates, scaled from {PEER_REPLICATES} to 399 replicates by person"


PARTS = {"jazari site": ours, "jazari person": ours, "fairlearn person": peer}


def main():
    if len(sys.argv) > 1:
        spent, what = PARTS[sys.argv[1]](sys.argv[1].split()[1])
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(f"{sys.argv[1]:<18} {spent:8.1f} CPU-s  {peak:5.2f} GB  {what}")
        return
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; limit {LIMIT}")
    one = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    for name in PARTS:
        subprocess.run([sys.executable, __file__, name], check=True, env=one)


if __name__ == "__main__":
    main()
