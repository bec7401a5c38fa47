"""Examples that are made up: by definitions and graphs, carried out, proved, and kept."""
