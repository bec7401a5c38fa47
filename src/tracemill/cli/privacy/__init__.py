"""Commands under "Privacy": what redaction finds, what may go out, and what is kept of people.

Each verb is imported when it is called: `redact` answers before what the others need is loaded.
"""
