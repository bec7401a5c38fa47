"""Commands under "Collect": agents, exporters and scripts tell what happens."""
