"""Tests as gates report them: what was mended, what says now this, now that, what is one run."""
