"""The log itself: private to governance."""
