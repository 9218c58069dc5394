"""Arithmetic only: engines know tables, not people. One variant a file, found by entry point."""
