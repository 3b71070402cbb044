"""What an installed app trusts, and how a manifest changes that: keys come, and are retired.

Keys stand in the order in which the app learned them. Rules for a manifest that changes them:

1. The newest of the trusted keys signed it. Who has stolen an older one can neither bring a key of his own nor
   retire another: a key that is named beforehand and kept apart is the way back after a theft.
2. If it retires keys, one that stays signed it, too: nobody is left with keys that no publisher has.
3. A retired key is retired for good, whatever its number: what it alone signed is refused, also when a manifest
   names it again.

Between two manifests an app keeps `Trust.keys`, `Trust.retired` and `Trust.newest_published`. The date is the
sequence: it cannot run ahead of the clock for more than a day, so a thief cannot use it up for ever.

Source: https://theupdateframework.github.io/specification/latest/ 5.3 (a new root is signed by old and new keys)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from millennium_bundler.errors import UpdaterError
from millennium_bundler.sign.minisign import PublicKey

Keys = tuple[PublicKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What a reader knows already.

    Attributes:
        keys: That it trusts, the newest last.
        identifier: Of the app.
        channel: That it follows.
        version: That is installed.
        now: Seconds since 1970.
        newest_published: Date of the newest manifest seen so far; 0 for none.
        retired: Keys that it trusts no more, whoever names them.
    """

    keys: Keys
    identifier: str
    channel: str
    version: str
    now: int
    newest_published: int = 0
    retired: Keys = ()

    @property
    def working(self) -> Keys:
        """The keys without the retired ones."""
        return without(self.keys, self.retired)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChange:
    """What a manifest says of keys.

    Attributes:
        named: Keys to trust.
        retired: Keys to trust no more.
        signers: Those that signed it, of the trusted and the named ones.
    """

    named: Keys
    retired: Keys
    signers: Keys

    def check(self, trust: Trust) -> None:
        """Refuse a change that whoever signed may not make.

        Raises:
            UpdaterError: A rule of this module is broken.
        """
        known = trust.working
        is_change = self.after(trust) != known
        if is_change and not among(known[-1:], self.signers):  # (1)
            raise _refused(
                f"changes keys, and the newest of them, {known[-1].name}, did not sign it"
            )
        if len(without(known, self.retired)) < len(known) and not without(
            self.signers, self.retired
        ):  # (2)
            raise _refused("retires the keys that signed it, and no other signed it")

    def after(self, trust: Trust) -> Keys:
        """Return the keys to trust afterwards."""
        fresh = without(self.named, trust.keys)
        return without((*trust.keys, *fresh), (*trust.retired, *self.retired))  # (3)

    def retired_after(self, trust: Trust) -> Keys:
        """Return the keys that are retired afterwards.

        A key that the app does not know is not noted: a thief of an older key could retire one that is yet to come.
        """
        gone = without(trust.working, self.after(trust))
        return (*trust.retired, *gone)


def without(keys: Iterable[PublicKey], gone: Iterable[PublicKey]) -> Keys:
    """Return keys but for some, which may come under other numbers."""
    values = {key.key for key in gone}
    return tuple(key for key in keys if key.key not in values)


def among(keys: Iterable[PublicKey], others: Iterable[PublicKey]) -> bool:
    """Tell whether one of some keys is among others."""
    values = {key.key for key in others}
    return any(key.key in values for key in keys)


def _refused(what: str) -> UpdaterError:
    message = f"the update manifest {what}"
    return UpdaterError(message, code="updater.untrusted", help="do not install what it names")
