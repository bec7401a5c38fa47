"""What follows from the facts: links, episodes, labels, examples, gates, and the index."""
