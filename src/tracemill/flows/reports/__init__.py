"""Reports of a week or month, and how far a team has come."""
