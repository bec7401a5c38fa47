"""Which work and which examples a recipe takes: stages that leave nothing out unnamed."""
