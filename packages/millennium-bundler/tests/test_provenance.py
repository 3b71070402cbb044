"""Provenance: a statement that any in-toto tool reads, signed so that any DSSE tool checks it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from millennium_bundler.errors import SignError
from millennium_bundler.provenance import (
    MAX_ENVELOPE_BYTES,
    PAYLOAD_TYPE,
    Subject,
    envelopes,
    make_statement,
    open_statement,
    read_statement,
    seal_statement,
)
from millennium_bundler.settings import Manifest
from millennium_bundler.sign.minisign_key import SecretKey
from millennium_bundler.sign.minisign_signer import KeySigner

MakeManifest = Callable[..., Manifest]

SUBJECTS = (
    Subject(name="a.deb", sha256="1" * 64),
    Subject(name="Hello.app", sha256="2" * 64, is_folder=True),
)
PARTS = (Subject(name="a.deb.cdx.json", sha256="5" * 64),)
KEY = SecretKey.generate()


@pytest.fixture
def statement(make_manifest: MakeManifest) -> bytes:
    """About two packages."""
    settings = make_manifest(inputs_digest="3" * 64).settings
    return make_statement(settings, SUBJECTS, executable_sha256="4" * 64, byproducts=PARTS)


@pytest.fixture
def envelope(statement: bytes) -> dict[str, object]:
    """The statement, sealed."""
    return dict(json.loads(seal_statement(statement, KeySigner(KEY))))


def test_a_statement_names_packages_inputs_and_builder(statement: bytes):
    document = json.loads(statement)
    assert document["_type"] == "https://in-toto.io/Statement/v1"
    assert document["predicateType"] == "https://slsa.dev/provenance/v1"
    assert document["subject"][0] == {"name": "a.deb", "digest": {"sha256": "1" * 64}}
    definition = document["predicate"]["buildDefinition"]
    assert definition["externalParameters"]["version"] == "1.2.3"
    assert [one["name"] for one in definition["resolvedDependencies"]] == ["hello", "inputs"]


def test_without_a_digest_of_the_inputs_the_executable_stands_alone(make_manifest: MakeManifest):
    document = json.loads(
        make_statement(make_manifest().settings, SUBJECTS, executable_sha256="4" * 64)
    )
    definition = document["predicate"]["buildDefinition"]
    assert [one["name"] for one in definition["resolvedDependencies"]] == ["hello"]


def test_the_same_input_gives_the_same_bytes(statement: bytes):
    assert seal_statement(statement, KeySigner(KEY)) == seal_statement(statement, KeySigner(KEY))


def test_what_was_sealed_is_opened(envelope: dict[str, object]):
    opened = open_statement(json.dumps(envelope).encode(), KEY.public)
    assert (opened.subjects, opened.byproducts) == (SUBJECTS, PARTS)
    assert (opened.identifier, opened.version) == ("org.example.Hello", "1.2.3")
    assert opened.target == "x86_64-linux-gnu"


def test_an_envelope_is_one_line(statement: bytes):
    sealed = seal_statement(statement, KeySigner(KEY))
    assert envelopes(sealed + sealed) == [sealed.rstrip(), sealed.rstrip()]


@pytest.mark.parametrize("count", [0, 65], ids=["none", "too many"])
def test_a_file_of_no_or_too_many_envelopes_is_refused(statement: bytes, count: int):
    with pytest.raises(SignError) as caught:
        envelopes(seal_statement(statement, KeySigner(KEY)) * count)
    assert caught.value.code == "provenance.malformed"


def test_the_signature_is_what_dsse_defines(envelope: dict[str, object], statement: bytes):
    signatures = envelope["signatures"]
    assert isinstance(signatures, list)
    [signed] = signatures
    prefix = f"DSSEv1 {len(PAYLOAD_TYPE)} {PAYLOAD_TYPE} {len(statement)} ".encode()
    key = Ed25519PublicKey.from_public_bytes(KEY.public.key)
    key.verify(base64.b64decode(signed["sig"]), prefix + statement)
    assert signed["keyid"] == KEY.public.name


def test_another_key_is_refused(envelope: dict[str, object]):
    with pytest.raises(SignError) as caught:
        open_statement(json.dumps(envelope).encode(), SecretKey.generate().public)
    assert caught.value.code == "minisign.bad_signature"


def test_a_changed_statement_is_refused(envelope: dict[str, object], statement: bytes):
    changed = statement.replace(b"1.2.3", b"6.6.6")
    forged = {**envelope, "payload": base64.b64encode(changed).decode()}
    with pytest.raises(SignError) as caught:
        open_statement(json.dumps(forged).encode(), KEY.public)
    assert caught.value.code == "minisign.bad_signature"


@pytest.mark.parametrize(
    "changes",
    [
        {"payloadType": "text/plain"},
        {"signatures": None},
        {"payload": None},
        {"payload": "no base64 "},
        {"signatures": [{"sig": 7}]},
    ],
    ids=["another kind", "no signatures", "no payload", "no base64", "no signature"],
)
def test_a_malformed_envelope_is_refused(envelope: dict[str, object], changes: dict[str, object]):
    with pytest.raises(SignError) as caught:
        open_statement(json.dumps({**envelope, **changes}).encode(), KEY.public)
    assert caught.value.code == "provenance.malformed"


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"\xff", b" " * (MAX_ENVELOPE_BYTES + 1)],
    ids=["empty", "a list", "no text", "too large"],
)
def test_what_is_no_envelope_is_refused(data: bytes):
    with pytest.raises(SignError) as caught:
        open_statement(data, KEY.public)
    assert caught.value.code == "provenance.malformed"


WRONG: dict[str, tuple[str, str]] = {
    "another version of statements": ("in-toto.io/Statement/v1", "in-toto.io/Statement/v0.1"),
    "another predicate": ("slsa.dev/provenance/v1", "slsa.dev/provenance/v0.2"),
    "another kind of build": ("urn:x-millennium:bundle:v1", "urn:x-millennium:bundle:v0"),
    "no subjects": ('"subject"', '"subjects"'),
    "no identifier": ('"identifier"', '"identifiers"'),
    "no byproducts": ('"byproducts"', '"byproduct"'),
    "no digest": ('"sha256":"1', '"sha512":"1'),
    "a name twice": ("Hello.app", "a.deb"),
    "a name that leads out": ("Hello.app", "../Hello.app"),
    "no name": ("Hello.app", ""),
}


@pytest.mark.parametrize(("old", "new"), WRONG.values(), ids=WRONG)
def test_a_signed_document_that_is_no_statement_of_ours_is_refused(
    statement: bytes, old: str, new: str
):
    changed = statement.decode().replace(old, new)
    assert changed != statement.decode()
    with pytest.raises(SignError) as caught:
        open_statement(seal_statement(changed.encode(), KeySigner(KEY)), KEY.public)
    assert caught.value.code == "provenance.malformed"


def test_without_a_key_what_is_said_is_read(envelope: dict[str, object], statement: bytes):
    stranger = SecretKey.generate()
    signed = seal_statement(statement, KeySigner(stranger))
    assert open_statement(signed, None) == read_statement(statement)
    assert open_statement(json.dumps(envelope).encode(), None) == read_statement(statement)


def test_a_bare_signature_of_what_could_be_a_files_hash_is_refused():
    with pytest.raises(SignError) as caught:
        KeySigner(KEY).sign_bare(b"x" * 64)
    assert caught.value.code == "sign.unsupported"
