"""Water: reservoirs, their inflow by season, and a kingdom of reservoirs with known truth."""
