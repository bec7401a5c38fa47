"""Tests as gates report them: which were mended, and which say now this, now that."""
