"""Models: trained, put to suites, registered and promoted."""
