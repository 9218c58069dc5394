"""Risk engines: who is likely to have the outcome. `glass` is the flagship; `logistic` and `boosted` challenge it."""
