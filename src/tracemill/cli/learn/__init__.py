"""Commands under "Learn": what the work has to teach, and whether a change of prompts helps."""
