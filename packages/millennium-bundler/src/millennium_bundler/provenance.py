"""Where packages come from: an in-toto statement in SLSA's form, in a signed DSSE envelope.

The statement names the packages by digest, what they were made of and who made them; no time, so that the same
input gives the same bytes. The signature is a bare Ed25519 one by the minisign key, over the envelope's
pre-authentication encoding, so any DSSE tool can check it.

Sources: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md,
https://slsa.dev/spec/v1.0/provenance, https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from millennium_bundler import __version__
from millennium_bundler.errors import SignError
from millennium_bundler.settings import BundleSettings
from millennium_bundler.sign.minisign import PublicKey
from millennium_bundler.sign.signing import BoxSigner

PAYLOAD_TYPE = "application/vnd.in-toto+json"
MAX_ENVELOPE_BYTES = 4 * 1024 * 1024

_STATEMENT = "https://in-toto.io/Statement/v1"
_PREDICATE = "https://slsa.dev/provenance/v1"
# Names, not addresses: https://www.rfc-editor.org/rfc/rfc8141 leaves informal ones to whoever uses them.
_BUILD_TYPE = "urn:x-millennium:bundle:v1"
_BUILDER = "urn:x-millennium:bundler"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A package.

    Attributes:
        name: Of the file.
        sha256: Hexadecimal.
    """

    name: str
    sha256: str


def make_statement(
    settings: BundleSettings, subjects: Sequence[Subject], *, executable_sha256: str
) -> bytes:
    """Return the statement about packages, as JSON.

    Args:
        settings: The manifest that they were made from.
        subjects: The packages.
        executable_sha256: Of the executable inside, before any signature; hexadecimal.
    """
    inputs = [{"name": settings.executable, "digest": {"sha256": executable_sha256}}]
    if settings.inputs_digest:
        inputs.append({"name": "inputs", "digest": {"sha256": settings.inputs_digest}})
    document = {
        "_type": _STATEMENT,
        "subject": [{"name": one.name, "digest": {"sha256": one.sha256}} for one in subjects],
        "predicateType": _PREDICATE,
        "predicate": {
            "buildDefinition": {
                "buildType": _BUILD_TYPE,
                "externalParameters": {
                    "identifier": settings.identifier,
                    "version": settings.version,
                    "target": settings.target,
                },
                "resolvedDependencies": inputs,
            },
            "runDetails": {
                "builder": {"id": _BUILDER, "version": {"millennium-bundler": __version__}}
            },
        },
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def seal_statement(statement: bytes, signer: BoxSigner) -> bytes:
    """Return the statement in an envelope with one signature.

    Raises:
        SignError: Signing failed.
    """
    signature = signer.sign_bare(_encoding(statement))
    document = {
        "payloadType": PAYLOAD_TYPE,
        "payload": base64.b64encode(statement).decode("ascii"),
        "signatures": [
            {"keyid": signer.key_id, "sig": base64.b64encode(signature).decode("ascii")}
        ],
    }
    return json.dumps(document, indent=2).encode() + b"\n"


def open_statement(envelope: bytes, key: PublicKey) -> tuple[Subject, ...]:
    """Return the packages that a signed statement names.

    Raises:
        SignError: No envelope, not signed by the key, or no statement of provenance.
    """
    document = _object(envelope)
    signatures = document.get("signatures")
    payload = _bytes(document.get("payload"))
    if document.get("payloadType") != PAYLOAD_TYPE or not isinstance(signatures, list):
        raise _malformed("it is no envelope of a statement")
    signed = [_bytes(one.get("sig")) for one in signatures if isinstance(one, dict)]
    if not any(_is_signed(payload, signature, key) for signature in signed):
        raise SignError(
            f"the provenance is not signed by the key {key.name}",
            code="minisign.bad_signature",
            help="do not trust these files; ask their publisher",
        )
    return _subjects(_object(payload))


def _subjects(statement: dict[str, object]) -> tuple[Subject, ...]:
    subjects = statement.get("subject")
    if statement.get("predicateType") != _PREDICATE or not isinstance(subjects, list):
        raise _malformed("it is no statement of provenance")
    return tuple(_subject(one) for one in subjects)


def _subject(value: object) -> Subject:
    match value:
        case {"name": str(name), "digest": {"sha256": str(sha256)}}:
            return Subject(name=name, sha256=sha256)
        case _:
            raise _malformed("a subject has no name or no digest")


def _is_signed(payload: bytes, signature: bytes, key: PublicKey) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key.key).verify(signature, _encoding(payload))
    except InvalidSignature:
        return False
    return True


def _encoding(payload: bytes) -> bytes:
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def _object(data: bytes) -> dict[str, object]:
    if len(data) > MAX_ENVELOPE_BYTES:
        raise _malformed(f"it is longer than {MAX_ENVELOPE_BYTES} bytes")
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        raise _malformed("it is not JSON") from None
    if not isinstance(value, dict):
        raise _malformed("it is no JSON object")
    return value


def _bytes(value: object) -> bytes:
    if not isinstance(value, str):
        raise _malformed("a part of it is missing")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise _malformed("a part of it is not base64") from None


def _malformed(why: str) -> SignError:
    return SignError(
        f"the provenance is malformed: {why}",
        code="provenance.malformed",
        help="fetch it again",
    )
