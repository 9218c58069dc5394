"""Matching engines. The room stands; its first engine comes with employment."""
