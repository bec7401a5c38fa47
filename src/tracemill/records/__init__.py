"""All record types: plain, immutable facts and derivations that every stage takes and gives.

Records are frozen msgspec structs that refuse unknown fields. They do no I/O. Each field
is documented by the docstring under it, which also becomes its text in the JSON Schema.
"""
