"""Dataset versions, and anyone's rows: kept, checked, compared and exported."""
