"""Which commits a session made: by what it states, and by what it edited."""
