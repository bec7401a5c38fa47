"""Redact: no text leaves ingest before it has passed through here.

Records come in as a source yields them, and go out with secrets replaced by tokens and
people's names in addresses and paths replaced by pseudonyms, together with findings that
say where, and never what.

To add a token format: one table in `rules/secrets.toml`, with texts that it must and must
not find; a test runs them all.
"""
