"""Network: the twelve poles and where they lie."""
