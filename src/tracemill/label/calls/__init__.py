"""What one tool call did, by its own words and by what came back: checks, edits, commits."""
