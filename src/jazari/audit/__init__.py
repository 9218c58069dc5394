"""Measures on results: calibration, gaps between groups, capacity, drift. Knows predictions, not models."""
