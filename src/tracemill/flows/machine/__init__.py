"""This machine: agents and their hooks, what they keep, receivers and schedules."""
