"""Vault, the app: what is secret travels sealed, what destroys passes the hook.

Secrets are kept in memory only and the passphrase is in the source: this shows how calls are
protected, not how to keep secrets.
"""

from __future__ import annotations

import hmac

from millennium import App, CommandError, State

PASSPHRASE = "open sesame"  # noqa: S105 - an example has no secret

app = App()


class Secrets(dict[str, str]):
    """Name → secret."""


app.manage(Secrets({"Mail": "blue-horse-42", "Bank": "seven-lamps-9", "Garden gate": "1928"}))


@app.command(inline=True)
def names(secrets: State[Secrets]) -> list[str]:
    """Return the names of all secrets, in order."""
    return sorted(secrets.value)


# --8<-- [start:sealed]
@app.command(sealed=True)
def reveal(name: str, passphrase: str, secrets: State[Secrets]) -> str:
    """Return one secret for the right passphrase."""
    if not hmac.compare_digest(passphrase.encode(), PASSPHRASE.encode()):
        raise CommandError("vault.wrong", "That is not the passphrase.")
    if name not in secrets.value:
        raise CommandError("vault.unknown", "There is no such secret.")
    return secrets.value[name]


# --8<-- [end:sealed]


@app.command
def forget(forgotten: list[str], secrets: State[Secrets]) -> list[str]:
    """Remove secrets and return the names of the others."""
    for name in forgotten:
        secrets.value.pop(name, None)
    return sorted(secrets.value)


if __name__ == "__main__":
    app.run()
