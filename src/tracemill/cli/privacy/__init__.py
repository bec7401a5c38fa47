"""`tracemill privacy`: what redaction finds, and what may go out.

Each verb is imported when it is called: `redact` answers before what the others need is loaded.
"""
