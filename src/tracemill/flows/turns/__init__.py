"""One turn: read what is new, derive what follows; the vault's other key begins it anew."""
