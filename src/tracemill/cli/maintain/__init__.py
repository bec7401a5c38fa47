"""Commands under "Maintain": the weekly run, and whether the store is whole."""
