"""What metrics and cases say: patterns, ranks, hopes met or not, and what to do about it."""
