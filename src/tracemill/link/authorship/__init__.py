"""Which commits a session made: by explicit statements, and by its edits."""
