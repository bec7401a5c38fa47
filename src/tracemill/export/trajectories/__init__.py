"""Documents of whole sessions, in the formats that other tools read."""
