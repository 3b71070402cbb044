"""The ledger: an append-only log of what was released, kept as static files that anybody can check."""
