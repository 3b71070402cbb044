"""Vault: a few secrets behind a passphrase."""
