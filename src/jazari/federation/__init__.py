"""Poles, hub link and studies: what may travel and what may not."""
