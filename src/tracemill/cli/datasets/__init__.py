"""Commands under "Datasets": versions of datasets, and examples that are made up for them."""
