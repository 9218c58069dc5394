"""Forecasts on the chain: quantiles of series ahead, and storage of reservoirs with its alerts."""
