"""Peers of forecast_tetouan.py, run by an interpreter that has them: PYTHON forecast_tetouan_peers.py IN OUT PEER.

IN holds `values` (S, T) by hour, `at` (steps of the origins) and `start`; OUT gets `quantiles` (O, S, 24, L) and the
CPU-seconds of the peer alone. Each sees what came before an origin, and the hours' names; no weather. A peer without
quantiles is also run on the 28 days before the first origin, and gets quantiles of the logarithms of its own last
errors (56 days at most, a zone and part of the day): plain conformal intervals.
"""

from __future__ import annotations

import logging
import sys
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
LEVELS = np.array([0.025, *(round(0.05 * each, 2) for each in range(1, 20)), 0.975])
HOURS, BURN, WINDOW, PARTS = 24, 28, 56, 4


def lightgbm(values: np.ndarray, days: np.ndarray, start: np.datetime64) -> np.ndarray:
    """One LightGBM for all zones and hours, on the log-ratio to the last seven days; fitted every 14 days."""
    import lightgbm as gbm

    z = np.log(values).reshape(len(values), -1, HOURS)
    weekday = (start.astype("datetime64[D]").astype(int) + 3 + np.arange(z.shape[1] + 1)) % 7

    def rows(day: int) -> tuple[np.ndarray, np.ndarray]:
        base = z[:, day - 7 : day].mean(axis=1)
        lags = [z[:, day - back] - base for back in (1, 2, 3, 7, 14)]
        late = np.repeat((z[:, day - 1, -3:] - base[:, -3:])[:, None], HOURS, axis=1)
        mean = np.repeat(lags[0].mean(axis=1)[:, None], HOURS, axis=1)
        shared = [np.tile(np.arange(HOURS), (len(z), 1)), np.full(base.shape, weekday[day])]
        zone = np.repeat(np.arange(len(z))[:, None], HOURS, axis=1)
        flat = np.concatenate([np.stack([*lags, mean, *shared, zone], axis=2), late], axis=2)
        return flat.reshape(-1, flat.shape[2]), base

    out, model = [], None
    for place, day in enumerate(days):
        if place % 14 == 0:
            taught = range(14, day)
            given = np.concatenate([rows(each)[0] for each in taught])
            came = np.concatenate([(z[:, each] - rows(each)[1]).ravel() for each in taught])
            model = gbm.LGBMRegressor(
                n_estimators=300, learning_rate=0.05, objective="l1", n_jobs=1, random_state=0, verbose=-1
            ).fit(given, came)
        given, base = rows(day)
        out.append(np.exp(base + model.predict(given).reshape(base.shape)))
    return np.stack(out)


def mlforecast(values: np.ndarray, days: np.ndarray, start: np.datetime64) -> np.ndarray:
    """LightGBM fed with its own forecasts, hour after hour; fitted every week."""
    import lightgbm as gbm
    import pandas as pd
    from mlforecast import MLForecast
    from mlforecast.lag_transforms import RollingMean

    times = pd.date_range(str(start), periods=values.shape[1], freq="h")

    def frame(first: int, last: int) -> pd.DataFrame:
        names = np.repeat(np.arange(len(values)), last - first)
        return pd.DataFrame({
            "unique_id": names, "ds": np.tile(times[first:last], len(values)), "y": values[:, first:last].ravel()
        })  # fmt: skip

    out, model = [], None
    for place, day in enumerate(days):
        if place % 7 == 0:
            learner = gbm.LGBMRegressor(n_estimators=300, learning_rate=0.05, n_jobs=1, random_state=0, verbose=-1)
            model = MLForecast(
                {"gbm": learner}, freq="h", lags=[1, 2, 3, 24, 25, 48, 168], num_threads=1,
                lag_transforms={24: [RollingMean(24)]}, date_features=["hour", "dayofweek"],
            )  # fmt: skip
            model.fit(frame(0, day * HOURS))
        found = model.predict(HOURS, new_df=frame(max(day - 28, 0) * HOURS, day * HOURS))
        out.append(found["gbm"].to_numpy().reshape(len(values), HOURS))
    return np.stack(out)


def theta(values: np.ndarray, days: np.ndarray, start: np.datetime64) -> np.ndarray:
    """AutoTheta of statsforecast with a season of a week, on the last eight weeks; fitted at each origin."""
    import pandas as pd
    from statsforecast import StatsForecast
    from statsforecast.models import AutoTheta

    del start
    out = []
    for day in days:
        last, keep = day * HOURS, min(day * HOURS, 56 * HOURS)
        names, steps = np.repeat(np.arange(len(values)), keep), np.tile(np.arange(keep), len(values))
        given = pd.DataFrame({"unique_id": names, "ds": steps, "y": values[:, last - keep : last].ravel()})
        run = StatsForecast([AutoTheta(season_length=7 * HOURS)], freq=1, n_jobs=1)
        found = run.forecast(df=given, h=HOURS).sort_values(["unique_id", "ds"])
        out.append(found["AutoTheta"].to_numpy().reshape(len(values), HOURS))
    return np.stack(out)


def prophet(values: np.ndarray, days: np.ndarray, start: np.datetime64) -> np.ndarray:
    """Prophet with seasons of day and week and Morocco's holidays, one a zone; fitted every week."""
    import pandas as pd
    from prophet import Prophet

    times = pd.date_range(str(start), periods=values.shape[1], freq="h")
    out = np.empty((len(days), len(values), HOURS))
    for zone, row in enumerate(values):
        for place in range(0, len(days), 7):
            last = days[place] * HOURS
            model = Prophet(uncertainty_samples=0, yearly_seasonality=False)
            model.add_country_holidays("MA")
            model.fit(pd.DataFrame({"ds": times[:last], "y": row[:last]}))
            ahead = days[place : place + 7]
            asked = pd.DataFrame({"ds": np.concatenate([times[day * HOURS : (day + 1) * HOURS] for day in ahead])})
            out[place : place + 7, zone] = model.predict(asked)["yhat"].to_numpy().reshape(-1, HOURS)
    return out


def openstef(values: np.ndarray, days: np.ndarray, start: np.datetime64) -> np.ndarray:
    """OpenSTEF 3 with xgboost and its own quantiles, one a zone; fitted every week. Returns (O, S, 24, L)."""
    import pandas as pd
    from openstef.data_classes.model_specifications import ModelSpecificationDataClass
    from openstef.data_classes.prediction_job import PredictionJobDataClass
    from openstef.pipeline.create_forecast import create_forecast_pipeline_core
    from openstef.pipeline.train_model import train_pipeline_common

    times = pd.date_range(str(start), periods=values.shape[1], freq="h", tz="UTC")
    out = np.empty((len(days), len(values), HOURS, len(LEVELS)))
    for zone, row in enumerate(values):
        job = PredictionJobDataClass(
            id=1, model="xgb", quantiles=LEVELS.tolist(), forecast_type="demand", horizon_minutes=1440,
            resolution_minutes=60, lat=35.57, lon=-5.37, name="zone", train_components=False, description="zone",
            save_train_forecasts=False, train_horizons_minutes=[1440], completeness_threshold=0.5,
            minimal_table_length=100, flatliner_threshold_minutes=1440,
        )  # fmt: skip
        spec = ModelSpecificationDataClass(id=1)
        whole = pd.DataFrame({"load": row}, index=times)
        for place, day in enumerate(days):
            if place % 7 == 0:
                trained = train_pipeline_common(job, spec, whole.iloc[: day * HOURS].copy(), [24.0])
                model = trained[0]
                model.path = "zone"
                fitted = getattr(trained[1], "specifications", spec)
            given = whole.iloc[: (day + 1) * HOURS].copy()
            given.iloc[day * HOURS :] = np.nan
            found = create_forecast_pipeline_core(job, given, model, fitted).reindex(given.index[day * HOURS :])
            out[place, zone] = found[[name for name in found if name.startswith("quantile_P")]].to_numpy()
    return np.sort(out, axis=3)


PEERS = {"lightgbm": lightgbm, "mlforecast": mlforecast, "theta": theta, "prophet": prophet, "openstef": openstef}


def conformal(middle: np.ndarray, came: np.ndarray) -> np.ndarray:
    """Quantiles (O, S, 24, L) after the first BURN origins, from the errors of the origins before each."""
    error = np.log(came / middle)
    out = []
    for place in range(BURN, len(middle)):
        past = error[max(place - WINDOW, 0) : place].transpose(1, 0, 2)
        parts = past.reshape(len(past), -1, PARTS, HOURS // PARTS).transpose(0, 2, 1, 3)
        spread = np.quantile(parts.reshape(len(past), PARTS, -1), LEVELS, axis=2)
        out.append(middle[place][..., None] * np.exp(np.repeat(spread, HOURS // PARTS, axis=2).transpose(1, 2, 0)))
    return np.stack(out)


def main() -> int:
    given, back, name = sys.argv[1:]
    held = np.load(given)
    values, days, start = held["values"], held["at"] // HOURS, held["start"][()]
    began = time.process_time()
    if name == "openstef":
        quantiles = openstef(values, days, start)
    else:
        every = np.arange(days[0] - BURN, days[-1] + 1)
        middle = np.maximum(PEERS[name](values, every, start), 1.0)
        came = values.reshape(len(values), -1, HOURS)[:, every].swapaxes(0, 1)
        quantiles = conformal(middle, came)
        quantiles[..., len(LEVELS) // 2] = middle[BURN:]
    np.savez(back, quantiles=quantiles, cpu=time.process_time() - began)
    return 0


if __name__ == "__main__":
    sys.exit(main())
