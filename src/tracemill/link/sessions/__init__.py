"""Which sessions are parts or copies of one another, and which went on with another one."""
