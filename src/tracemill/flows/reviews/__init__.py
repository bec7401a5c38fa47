"""Reviews: the desk, what waits there, files out and in, and what they say together."""
