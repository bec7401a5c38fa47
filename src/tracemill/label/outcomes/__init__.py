"""What became of a piece of work, and what is known of its parts, from what the record proves."""
