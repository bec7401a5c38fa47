"""The files that a team keeps of its own process, and what can be learned from its work."""
