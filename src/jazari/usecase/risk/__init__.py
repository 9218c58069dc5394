"""The ability `risk`: who is likely to have the outcome, listed at the places there are."""
