"""Python code that somebody else wrote, by its syntax tree alone: it is never run."""
