"""Reviews: a person's desk and queue, files out and in, statistics; and interviews of models."""
