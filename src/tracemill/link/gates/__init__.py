"""Tests as gates report them: fixes, flaky tests, and several reports of one run."""
