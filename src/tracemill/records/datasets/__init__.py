"""Datasets: training examples, the recipes that ask for them, and the versions they end up in.

An audit says what is known of rows, ours or somebody else's; templates and exports say in what form
a version goes out.
"""
