"""Safeguards: small frozen objects, one a file, each with a `check` that gives a Finding."""
