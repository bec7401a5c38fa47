"""How a secret is told from the code, words and placeholders that stand where secrets stand."""
