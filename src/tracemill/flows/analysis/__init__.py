"""What many pieces of work say together: numbers, patterns, rankings, lessons."""
