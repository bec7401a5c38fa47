"""`tracemill privacy`: what redaction finds, and what may go out."""

from tracemill.cli.privacy.deciding import (
    allow_privacy,
    allowed_privacy,
    disallow_privacy,
    exports_privacy,
    verify_privacy,
)
from tracemill.cli.privacy.looking import (
    preview_privacy,
    rescan_privacy,
    rules_privacy,
    scan_privacy,
)
from tracemill.cli.privacy.redacting import redact_privacy

__all__ = [
    "allow_privacy",
    "allowed_privacy",
    "disallow_privacy",
    "exports_privacy",
    "preview_privacy",
    "redact_privacy",
    "rescan_privacy",
    "rules_privacy",
    "scan_privacy",
    "verify_privacy",
]
