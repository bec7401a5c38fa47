"""Git: what repositories hold and what became of it, by the installed git or without running it."""
