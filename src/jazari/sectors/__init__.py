"""Declarations, situations and synthetic data of each sector. Sectors do not know each other."""
