"""What goes, for good: erased subjects, what quotes them, and what is over its period."""
