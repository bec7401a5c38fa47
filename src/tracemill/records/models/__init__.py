"""Models: how they are trained, how they do on cases that they never saw, and which is in use."""
