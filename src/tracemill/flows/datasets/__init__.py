"""Dataset versions and anybody's rows: kept, checked, compared, and let out."""
