"""What a ledger says: one released file an entry, as canonical JSON.

Canonical: keys sorted, no spaces, UTF-8, no escapes but those that JSON needs. An entry has one form, so its
hash says everything.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass

from millennium_bundler.errors import LedgerError

MAX_ENTRY_BYTES = 4096

_SHA256 = re.compile(r"[0-9a-f]{64}")
# No control characters of either kind, no other line ends, nothing that turns the direction of a line.
_LINE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]{1,256}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One released file.

    Attributes:
        identifier: Of the app.
        version: That was released.
        name: Of the file.
        sha256: Of the file, hexadecimal.
        length: Of the file, in bytes.
        date: When it was entered, seconds since 1970.
    """

    identifier: str
    version: str
    name: str
    sha256: str
    length: int
    date: int

    def to_bytes(self) -> bytes:
        """Return the entry's one form, without a line end."""
        return canonical(asdict(self))

    @property
    def file(self) -> tuple[str, str, str, str]:
        """What makes two entries the same: all but when."""
        return (self.identifier, self.version, self.name, self.sha256)


def parse_entry(data: bytes) -> LedgerEntry:
    """Read an entry.

    Raises:
        LedgerError: Too long, not JSON, not in its one form, or a value is wrong.
    """
    value = parse_object(data, keys=set(LedgerEntry.__slots__), limit=MAX_ENTRY_BYTES)
    texts = ("identifier", "version", "name", "sha256")
    numbers = ("length", "date")
    is_good = (
        all(isinstance(value[key], str) and _LINE.fullmatch(str(value[key])) for key in texts)
        and all(type(value[key]) is int and int(str(value[key])) >= 0 for key in numbers)
        and _SHA256.fullmatch(str(value["sha256"])) is not None
    )
    if not is_good or canonical(value) != data:
        raise malformed("an entry is not in its one form")
    return LedgerEntry(**value)  # type: ignore[arg-type]  # each value was looked at


def parse_object(data: bytes, *, keys: set[str], limit: int) -> dict[str, object]:
    """Read a JSON object that has exactly some keys.

    Raises:
        LedgerError: Too long, not JSON, or other keys.
    """
    if len(data) > limit:
        raise malformed(f"a part of it is longer than {limit} bytes")
    try:
        value = json.loads(data)
        canonical({"": value})  # half a letter of UTF-16 has no bytes
    except (ValueError, RecursionError):
        raise malformed("a part of it is not JSON") from None
    if not isinstance(value, dict) or value.keys() != keys:
        raise malformed(f"a part of it has other keys than {', '.join(sorted(keys))}")
    return value


def canonical(value: dict[str, object]) -> bytes:
    """Return the one form of a JSON object."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def malformed(why: str) -> LedgerError:
    """Return the error for a ledger or a proof that cannot be read."""
    return LedgerError(
        f"the ledger or proof is malformed: {why}",
        code="ledger.malformed",
        help="fetch it again; if it is your own, take it from your backup",
    )
