"""Pull requests and issues, and what they are linked to."""
