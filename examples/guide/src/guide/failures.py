"""Errors that the page may know, and those it may not."""

from __future__ import annotations

from guide.app import app
from millennium import CommandError

BALANCE = 100


# --8<-- [start:expected]
@app.command
def withdraw(amount: int) -> int:
    """Take money from the account."""
    if amount > BALANCE:
        raise CommandError("account.too_little", f"There are only {BALANCE} left.")
    return BALANCE - amount


# --8<-- [end:expected]
# --8<-- [start:unforeseen]
@app.command
def divide(number: int, by: int) -> float:
    """Divide, without thinking of zero."""
    return number / by


# --8<-- [end:unforeseen]
