"""Accounts: people of the institutions, their roles by territory and system, and how they prove who they are."""
