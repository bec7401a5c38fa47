"""What is held besides sessions, commits and gates: how it is taken in, and how it is shown."""
