"""Objections: what a person contests, who reviews it, how it ended; and requests for help without any score."""
