"""What many sessions say of tools: how they fare, fields of results, requests, sequences."""
