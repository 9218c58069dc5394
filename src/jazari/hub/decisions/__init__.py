"""Decisions: lists that officers work, what a named person decided, the notice of it, and the outbox it leaves by."""
