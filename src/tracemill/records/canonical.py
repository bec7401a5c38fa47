"""What a record is as bytes: the same for the same content, so that ids and hashes rest on it."""

from __future__ import annotations

from typing import Final

import msgspec

canonical_json: Final = msgspec.json.Encoder(order="deterministic").encode
"""Return a record, or values that JSON knows, as JSON: keys in order, no spaces, UTF-8."""
