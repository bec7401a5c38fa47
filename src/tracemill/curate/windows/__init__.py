"""What every builder works on: turns packed into windows, and what was seen and undone in them."""
