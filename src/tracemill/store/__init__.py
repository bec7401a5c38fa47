"""Store: what the machine keeps, in three layers with one job each.

`vault` holds the truth: the original bytes of everything read, and the key of the
pseudonyms. It is unredacted, and only ingest may import it. `lake` holds redacted facts and
derivations as Delta tables, and can be deleted and rebuilt from the vault. `index` holds
rows for look-ups, and can be deleted and rebuilt from the lake.
"""
