"""What makes examples: each kind has a builder, and all of them share one pass over the steps."""
