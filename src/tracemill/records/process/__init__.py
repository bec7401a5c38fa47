"""A team's process: what repeats in its work, what to change, and whether a change helps.

Patterns are metrics over slices of the work; reports, maturity, targets and calibration are built
of them. Prompt versions and process recipes are what can be changed, suggestions and feedback
messages say what should be, version metrics and experiments what it brought.
"""
