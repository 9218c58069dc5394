"""The records that every administration shares: AI systems, public services, datasets; their validation and exports."""
