"""Safeguards, clocks, notices, objections, roles, and the one door to the ledger."""
