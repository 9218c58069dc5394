"""The one door to the ledger: typed events, versioned vocabulary."""
