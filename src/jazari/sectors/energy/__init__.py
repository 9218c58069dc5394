"""Energy: loads of zones and feeders, and a kingdom of feeders with known truth."""
