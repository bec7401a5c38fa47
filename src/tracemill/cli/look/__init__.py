"""Commands under "Look": what is kept of sessions, of work and of the team's own records."""
