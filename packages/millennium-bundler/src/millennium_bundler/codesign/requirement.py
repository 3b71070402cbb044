"""What later versions of the same code must satisfy, as a program of macOS's little language and as text.

Source: ``requirement.h`` of Apple's Security framework.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from millennium_bundler.codesign.blobs import MAGIC_REQUIREMENT, MAGIC_REQUIREMENTS, blob
from millennium_bundler.codesign.der import oid_body
from millennium_bundler.codesign.identity import (
    DEVELOPER_ID,
    DEVELOPER_ID_AUTHORITY,
    is_developer_id,
    team_of,
)

_DESIGNATED, _EXPRESSION = 3, 1
_IDENT, _ANCHOR_HASH, _AND, _OR, _CDHASH = 2, 4, 6, 7, 8
_CERT_FIELD, _CERT_GENERIC, _APPLE_ANCHOR = 11, 14, 15
_EXISTS, _EQUAL = 0, 1
_LEAF, _ROOT = 0, -1
NONE = blob(MAGIC_REQUIREMENTS, struct.pack(">I", 0))
"""Requirements that ask for nothing: what code without an identity carries."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition.

    Attributes:
        code: As the system reads it.
        text: As people and the seal of a bundle read it.
    """

    code: bytes
    text: str


def designated(identifier: str, chain: tuple[x509.Certificate, ...]) -> Clause:
    """Return the condition for code of the same name by the same signer.

    Args:
        identifier: Name of the code.
        chain: Certificates, the signer's first.
    """
    clauses = [Clause(_op(_IDENT, _data(identifier.encode())), f"identifier {_quoted(identifier)}")]
    if is_developer_id(chain[0]) and team_of(chain[0]):
        clauses += _developer_id(team_of(chain[0]))
    else:
        clauses.append(_certificate(chain))
    return _joined(clauses, _AND, " and ")


def exactly(cdhashes: list[bytes]) -> Clause:
    """Return the condition for exactly this code, one hash a machine: for code without an identity."""
    clauses = [Clause(_op(_CDHASH, _data(item)), f'cdhash H"{item.hex()}"') for item in cdhashes]
    return _joined(clauses, _OR, " or ")


def requirements(clause: Clause) -> bytes:
    """Return the blob that a code signature carries."""
    inner = blob(MAGIC_REQUIREMENT, struct.pack(">I", _EXPRESSION) + clause.code)
    # One entry; it begins behind the head of 8 bytes, the count and the entry itself.
    index = struct.pack(">III", 1, _DESIGNATED, 20)
    return blob(MAGIC_REQUIREMENTS, index + inner)


def _certificate(chain: tuple[x509.Certificate, ...]) -> Clause:
    last = chain[-1]
    is_root = last.issuer == last.subject
    slot, word = (_ROOT, "root") if is_root else (_LEAF, "leaf")
    pinned = last if is_root else chain[0]
    # SHA-1 is what macOS compares certificates by here.
    digest = pinned.fingerprint(hashes.SHA1())  # noqa: S303 - not our choice
    code = _op(_ANCHOR_HASH, struct.pack(">i", slot), _data(digest))
    return Clause(code, f'certificate {word} = H"{digest.hex()}"')


def _developer_id(team: str) -> list[Clause]:
    authority = _op(_CERT_GENERIC, struct.pack(">i", 1), _data(oid_body(DEVELOPER_ID_AUTHORITY)))
    leaf = _op(_CERT_GENERIC, struct.pack(">i", _LEAF), _data(oid_body(DEVELOPER_ID)))
    exists = struct.pack(">I", _EXISTS)
    unit = _op(
        *(_CERT_FIELD, struct.pack(">i", _LEAF), _data(b"subject.OU")),
        struct.pack(">I", _EQUAL) + _data(team.encode()),
    )
    return [
        Clause(_op(_APPLE_ANCHOR), "anchor apple generic"),
        Clause(authority + exists, f"certificate 1[field.{DEVELOPER_ID_AUTHORITY}] /* exists */"),
        Clause(leaf + exists, f"certificate leaf[field.{DEVELOPER_ID}] /* exists */"),
        Clause(unit, f"certificate leaf[subject.OU] = {_quoted(team)}"),
    ]


def _joined(clauses: list[Clause], operator: int, word: str) -> Clause:
    code = clauses[0].code
    for clause in clauses[1:]:
        code = _op(operator, code, clause.code)
    return Clause(code, word.join(clause.text for clause in clauses))


def _op(operator: int, *parts: bytes) -> bytes:
    return struct.pack(">I", operator) + b"".join(parts)


def _data(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value + bytes(-len(value) % 4)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
