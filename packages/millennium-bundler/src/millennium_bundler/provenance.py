"""Where packages come from: an in-toto statement in SLSA's form, in a signed DSSE envelope.

One statement names all packages of a run: whoever has one of them finds it by its digest, as any verifier of
in-toto does. A file of envelopes has one a line, for each system that was bundled into one folder.

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
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from millennium_bundler import __version__
from millennium_bundler.checksums import is_file_name
from millennium_bundler.errors import SignError
from millennium_bundler.settings import BundleSettings
from millennium_bundler.sign.minisign import PublicKey
from millennium_bundler.sign.signing import BoxSigner

STATEMENT, ENVELOPE = "provenance.json", "provenance.intoto.jsonl"
"""How the file of a release is called, unsigned and signed."""

PAYLOAD_TYPE = "application/vnd.in-toto+json"
MAX_ENVELOPE_BYTES = 4 * 1024 * 1024

_STATEMENT = "https://in-toto.io/Statement/v1"
_PREDICATE = "https://slsa.dev/provenance/v1"
# Names, not addresses: https://www.rfc-editor.org/rfc/rfc8141 leaves informal ones to whoever uses them.
_BUILD_TYPE = "urn:x-millennium:bundle:v1"
_BUILDER = "urn:x-millennium:bundler"
# Of a folder: https://github.com/in-toto/attestation/blob/main/spec/v1/digest_set.md lets producers name their own.
_FILE, _TREE = "sha256", "millenniumTreeSha256"
_MAX_ENVELOPES = 64
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A package, or another file that is released.

    Attributes:
        name: Of the file.
        sha256: Hexadecimal; of a folder, see `millennium_bundler.output.tree_digest`.
        is_folder: Whether it is a folder, such as an application of macOS.
    """

    name: str
    sha256: str
    is_folder: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a statement says.

    Attributes:
        identifier: Of the app.
        version: That is released.
        target: System and machine, such as ``x86_64-linux-gnu``.
        subjects: The packages.
        byproducts: What was made beside them: their lists of parts.
        data: The statement as it was read, JSON.
    """

    identifier: str
    version: str
    target: str
    subjects: tuple[Subject, ...]
    byproducts: tuple[Subject, ...]
    data: bytes

    def about(
        self, subjects: Sequence[Subject] = (), byproducts: Sequence[Subject] = ()
    ) -> Statement:
        """Return what says the same, inputs and builder above all, of other packages."""
        document = json.loads(self.data)
        document["subject"] = [_resource(one) for one in subjects]
        listed = [_resource(one) for one in byproducts]
        document["predicate"]["runDetails"]["byproducts"] = listed
        return read_statement(_encode(document))


def make_statement(
    settings: BundleSettings,
    subjects: Sequence[Subject],
    *,
    executable_sha256: str,
    byproducts: Sequence[Subject] = (),
) -> bytes:
    """Return the statement about packages, as JSON.

    Args:
        settings: The manifest that they were made from.
        subjects: The packages.
        executable_sha256: Of the executable inside, before any signature; hexadecimal.
        byproducts: What was made beside them.
    """
    inputs = [{"name": settings.executable, "digest": {"sha256": executable_sha256}}]
    if settings.inputs_digest:
        inputs.append({"name": "inputs", "digest": {"sha256": settings.inputs_digest}})
    document = {
        "_type": _STATEMENT,
        "subject": [_resource(one) for one in subjects],
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
                "builder": {"id": _BUILDER, "version": {"millennium-bundler": __version__}},
                "byproducts": [_resource(one) for one in byproducts],
            },
        },
    }
    return _encode(document)


def _encode(document: object) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _resource(subject: Subject) -> dict[str, object]:
    kind = _TREE if subject.is_folder else _FILE
    return {"name": subject.name, "digest": {kind: subject.sha256}}


def seal_statement(statement: bytes, signer: BoxSigner) -> bytes:
    """Return the statement in an envelope with one signature, as one line.

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
    return json.dumps(document, separators=(",", ":")).encode() + b"\n"


def envelopes(data: bytes) -> list[bytes]:
    """Return the envelopes of a file, one a line.

    Raises:
        SignError: There are none, or too many.
    """
    found = data.splitlines()
    if not 0 < len(found) <= _MAX_ENVELOPES:
        raise _malformed(f"it has {len(found)} envelopes")
    return found


def open_statement(envelope: bytes, key: PublicKey | None) -> Statement:
    """Return what a statement in an envelope says.

    Args:
        envelope: One line of the file.
        key: Who must have signed it; None to ask for no signature.

    Raises:
        SignError: No envelope, not signed by the key, or no statement of provenance.
    """
    document = _object(envelope)
    signatures = document.get("signatures")
    payload = _bytes(document.get("payload"))
    if document.get("payloadType") != PAYLOAD_TYPE or not isinstance(signatures, list):
        raise _malformed("it is no envelope of a statement")
    signed = [_bytes(one.get("sig")) for one in signatures if isinstance(one, dict)]
    if key is not None and not any(_is_signed(payload, signature, key) for signature in signed):
        raise SignError(
            f"the provenance is not signed by the key {key.name}",
            code="minisign.bad_signature",
            help="do not trust these files; ask their publisher",
        )
    return read_statement(payload)


def read_statement(data: bytes) -> Statement:
    """Read a statement that nobody has signed, or whose signature was looked at.

    Raises:
        SignError: It is no statement of ours.
    """
    match _object(data):
        case {
            "_type": "https://in-toto.io/Statement/v1",
            "predicateType": "https://slsa.dev/provenance/v1",
            "subject": list(subjects),
            "predicate": {
                "buildDefinition": {
                    "buildType": "urn:x-millennium:bundle:v1",
                    "externalParameters": {
                        "identifier": str(identifier),
                        "version": str(version),
                        "target": str(target),
                    },
                },
                "runDetails": {"byproducts": list(byproducts)},
            },
        }:
            return Statement(
                identifier=identifier,
                version=version,
                target=target,
                subjects=_subjects(subjects),
                byproducts=_subjects(byproducts),
                data=data,
            )
        case _:
            raise _malformed("it is no statement of provenance of this bundler")


def _subjects(values: list[object]) -> tuple[Subject, ...]:
    found = tuple(_subject(one) for one in values)
    if len({one.name for one in found}) != len(found):
        raise _malformed("it names something twice")
    return found


def _subject(value: object) -> Subject:
    match value:
        case {"name": str(name), "digest": {"sha256": str(sha256)}} if is_file_name(name):
            return Subject(name=name, sha256=_digest(sha256))
        case {"name": str(name), "digest": {"millenniumTreeSha256": str(sha256)}} if is_file_name(
            name
        ):
            return Subject(name=name, sha256=_digest(sha256), is_folder=True)
        case _:
            raise _malformed("a subject has no name or no digest")


def _digest(text: str) -> str:
    if not _SHA256.fullmatch(text):
        raise _malformed("a digest is none")
    return text


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
