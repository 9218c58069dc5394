"""A net load with sun and wind (OpenSTEF's reference set 307): CRPS of ours beside OpenSTEF 3, 29 midnights.

    python benchmarks/forecast_openstef.py --data ../shared/data/openstef_307 [--peers PYTHON]

PYTHON is an interpreter of an environment with openstef and xgboost; it is fitted again every week on what came before.
Both are given the file's weather of the day ahead. CRPS is twice the mean pinball loss over .05, .10 ... .95.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv

from jazari.engines.forecast.backtest import backtest
from jazari.engines.forecast.calendar import daily
from jazari.engines.forecast.reading import read_panel
from jazari.engines.forecast.settings import Settings

KNOWN = ("radiation", "windspeed_100m", "temp", "clouds", "day_ahead_electricity_price")
PEER = """
import sys, time, logging, warnings; warnings.filterwarnings("ignore"); logging.disable(logging.CRITICAL)
import numpy as np, pandas as pd
from openstef.data_classes.model_specifications import ModelSpecificationDataClass
from openstef.data_classes.prediction_job import PredictionJobDataClass
from openstef.pipeline.create_forecast import create_forecast_pipeline_core
from openstef.pipeline.train_model import train_pipeline_common
a, b = (pd.read_csv(f"{sys.argv[1]}/307-{n}-data.csv.gz", index_col=0, parse_dates=True) for n in ("train", "test"))
t = pd.concat([a.iloc[:-1], b]).sort_index()
levels = [0.025] + [round(0.05 * k, 2) for k in range(1, 20)] + [0.975]
job = PredictionJobDataClass(id=307, model="xgb", quantiles=levels, forecast_type="demand", horizon_minutes=1440,
    resolution_minutes=15, lat=52.0, lon=5.0, name="307", train_components=False, description="307",
    save_train_forecasts=False, train_horizons_minutes=[1440], completeness_threshold=0.5, minimal_table_length=100,
    flatliner_threshold_minutes=1440)
spec, q, y, began = ModelSpecificationDataClass(id=307), [], [], time.process_time()
for k, o in enumerate(pd.date_range("2020-11-01", "2020-11-29", freq="D", tz="UTC")):
    if k % 7 == 0:
        out = train_pipeline_common(job, spec, t[t.index < o], [24.0]); model = out[0]; model.path = "307"
        fitted = getattr(out[1], "specifications", spec)
    x = t[t.index < o + pd.Timedelta("1D")].copy(); came = x.loc[x.index >= o, "load"].copy()
    x.loc[x.index >= o, "load"] = np.nan
    f = create_forecast_pipeline_core(job, x, model, fitted).reindex(came.index)
    q.append(f[[c for c in f if c.startswith("quantile_P")]].to_numpy()); y.append(came.to_numpy())
q, y, lv = np.sort(np.concatenate(q), 1), np.concatenate(y), np.array(levels); e = y[:, None] - q
loss = np.nanmean(2 * np.maximum(lv * e, (lv - 1) * e)[:, 1:-1]); inside = np.nanmean((y >= q[:, 2]) & (y <= q[:, -3]))
print(f"OpenSTEF xgb CRPS {loss:.3f}; 80 %: {100 * inside:.1f}; {time.process_time() - began:.1f} CPU-s")
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--peers")
    chosen = parser.parse_args()
    train, test = (csv.read_csv(chosen.data / f"307-{name}-data.csv.gz") for name in ("train", "test"))
    table = pa.concat_tables([train.slice(0, train.num_rows - 1), test])
    table = table.rename_columns(["time", *table.column_names[1:]])
    origins = np.arange("2020-11-01", "2020-11-30", dtype="datetime64[D]").astype("datetime64[s]")
    for known in ((), KNOWN):
        began = time.process_time()
        panel = read_panel(table, time="time", values=("load",), step="PT15M", known=known, ahead=96).panel
        days = np.arange(panel.times[0].astype("datetime64[D]"), panel.times[-1].astype("datetime64[D]") + 3)
        answer = backtest(replace(panel, calendar=daily(days, "NL")), origins, Settings(96))
        error = answer.actual[..., None] - answer.quantiles
        loss = np.nanmean(2 * np.maximum(answer.levels * error, (answer.levels - 1) * error)[..., 1:-1])
        inside = np.nanmean((error[..., 2] >= 0) & (error[..., -3] <= 0))
        weather = "with weather" if known else "without weather"
        print(f"ours {weather} CRPS {loss:.3f}; 80 %: {100 * inside:.1f}; {time.process_time() - began:.1f} CPU-s")
    if chosen.peers:
        run = subprocess.run([chosen.peers, "-c", PEER, chosen.data], check=True, capture_output=True, text=True)
        print(run.stdout.strip().splitlines()[-1])
    return 0


if __name__ == "__main__":
    sys.exit(main())
