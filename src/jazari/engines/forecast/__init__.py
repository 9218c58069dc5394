"""Forecast engines: quantiles of a series ahead."""
