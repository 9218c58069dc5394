"""Decisions: what a named person did about a listed case, checked, put in words and ready to be sealed."""
