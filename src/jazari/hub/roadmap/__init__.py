"""Roadmap: the programme seen from above. What each pole has in use, what waits, what is overdue, down to the proofs.

Research, standards and studies follow here.
"""
