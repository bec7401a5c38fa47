"""Commands under "Models": training them, putting them to suites, and putting them in use."""
