"""How often each safeguard is broken on systems of which we know the truth: false alarms and what is found.

People are simulated with their true probability; the model knows it but for noise. `fair` treats the groups alike;
`gap` hides what is known of a share of the girls, so that they are found less often by about the amount printed;
`useless` ranks like the simple rule; `miscalibrated` doubles the odds; `leaking` has
seen the outcome. Each is audited by `jazari.audit.risk.evidence`
and judged by the safeguards of the education example, seed by seed.

Run: OMP_NUM_THREADS=1 .venv/bin/python benchmarks/safeguards.py [--seeds 20] [--people 20000]
"""

from __future__ import annotations

import argparse
import platform
import time
from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa

from jazari.audit.places import rank
from jazari.audit.risk import evidence
from jazari.governance.safeguards import (
    beats_baseline,
    calibrated_within,
    gap_at_most,
    no_future,
    person_beats_site,
    small_cells,
)
from jazari.schema.help import places
from jazari.schema.inspection import Inspection

OFFERED = places("help", share=0.05, of="territory")
SAFEGUARDS = (
    gap_at_most(0.10, metric="recall", across=("sex", "milieu")),
    beats_baseline(by=0.05),
    person_beats_site(by=0.05),
    calibrated_within(0.02),
    no_future(),
    small_cells(11),
)
HIDDEN = {"gap .10": 0.35, "gap .20": 0.62, "gap .30": 0.88}  # of that share of the girls little is known
WORLDS = ("fair", *HIDDEN, "useless", "miscalibrated", "leaking")


def simulate(world: str, people: int, seed: int) -> pa.Table:
    rng = np.random.default_rng(seed)
    sites = people // 100
    site = rng.integers(0, sites, people)
    slope = rng.normal(0, 0.6, sites)
    known, shown = rng.normal(0, 1.2, people), rng.normal(0, 0.5, people)
    logit = -3.6 + slope[site] + known + shown
    outcome = rng.random(people) < 1 / (1 + np.exp(-logit))
    girl, rural = rng.random(people) < 0.5, rng.random(people) < 0.5
    score = -3.55 + slope[site] + known  # what is not shown is averaged out, up to a little
    score = np.where(girl & (rng.random(people) < HIDDEN.get(world, 0)), -3.55 + slope[site], score)
    rule = known + rng.normal(0, 1.5, people)
    score = {"useless": rule - 3.5, "miscalibrated": score + np.log(2), "leaking": 9 * outcome - 5 + known / 9}.get(
        world, score
    )
    probability = 1 / (1 + np.exp(-score))
    area = site % 20
    rate = 1 / (1 + np.exp(3.4 - slope + rng.normal(0, 0.2, sites)))
    pseudonym = pa.array([f"{one:08x}" for one in rng.permutation(people)])
    selected = rank(probability, pa.array(area), OFFERED, pseudonym)[1]
    return pa.table({
        "pseudonym": pseudonym,
        "site": [f"s{one}" for one in site], "territory": [f"t{one}" for one in area],
        "period": ["2024-2025"] * people, "fold": pa.array(np.zeros(people, dtype=np.int8)),
        "probability": probability, "outcome": outcome, "baseline": rule, "challenger": probability,
        "site_rate": rate[site], "selected": selected,
        "sex": np.where(girl, "f", "m"), "milieu": np.where(rural, "rural", "urban"),
    })  # fmt: skip


def judge(world: str, people: int, seed: int) -> tuple[dict[str, str], float]:
    seen = evidence(
        simulate(world, people, seed), places=OFFERED, audited=("sex", "milieu"), seed=seed, area="territory"
    )
    run = Inspection(evidence=seen, help=OFFERED)
    return {one.name: one.check(run).state for one in SAFEGUARDS}, _gap(seen)


def _gap(seen: dict[str, Any]) -> float:
    """The measured gap, NaN where it is suppressed."""
    found = seen["groups"]["sex"].get("gaps", {}).get("recall") or {}
    return float(found.get("value", np.nan))


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--seeds", type=int, default=20)
    words.add_argument("--people", type=int, default=20_000)
    said = words.parse_args()
    print(f"{platform.machine()}, Python {platform.python_version()}, {said.people} people, {said.seeds} seeds")
    print(f"{'world':<14} {'gap (sex)':>9}  " + "  ".join(f"{one.name:>17}" for one in SAFEGUARDS))
    started = time.process_time()
    for world in WORLDS:
        counts: Counter[tuple[str, str]] = Counter()
        gaps = []
        for seed in range(said.seeds):
            states, gap = judge(world, said.people, seed)
            counts.update(states.items())
            gaps.append(gap)
        broken = "  ".join(f"{counts[one.name, 'broken']:>10} broken" for one in SAFEGUARDS)
        print(f"{world:<14} {np.mean([one for one in gaps if not np.isnan(one)] or [np.nan]):>9.3f}  {broken}")
    print(f"CPU-seconds: {time.process_time() - started:.0f}")


if __name__ == "__main__":
    main()
