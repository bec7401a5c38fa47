"""Commands under "Look": what is kept of sessions, of work and of what teams wrote down."""
