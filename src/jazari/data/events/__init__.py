"""Events to features: a log of what was recorded, and accumulators so that one more day costs one day."""
