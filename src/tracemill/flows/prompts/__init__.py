"""Texts that agents are given: versions, what each brought, proposals and trials."""
