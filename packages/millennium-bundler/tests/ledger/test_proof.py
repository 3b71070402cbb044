"""Proofs: that a file was released, and that a ledger only grew."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from millennium_bundler.errors import BundleError, LedgerError, SignError
from millennium_bundler.ledger.entry import LedgerEntry
from millennium_bundler.ledger.log import Ledger
from millennium_bundler.ledger.proof import (
    ReleasedFile,
    parse_growth,
    parse_proof,
    prove,
    prove_growth,
    verify_growth,
    verify_proof,
)
from millennium_bundler.sign.minisign_key import SecretKey

Entry = Callable[..., LedgerEntry]
Grow = Callable[..., Ledger]

A, B = (hashlib.sha256(content).hexdigest() for content in (b"a", b"b"))
FILE = ReleasedFile(name="b.rpm", sha256=B)


@pytest.fixture
def ledger(grow: Grow, entry: Entry) -> Ledger:
    """Three entries under two heads."""
    grow(entry("a.deb"), entry("b.rpm", content=b"b"))
    return grow(entry("c.msi", content=b"c"))


def test_a_file_is_proved_by_its_proof_alone(ledger: Ledger, secret: SecretKey):
    proof = parse_proof(prove(ledger, B).to_bytes())
    assert verify_proof(proof, FILE, key=secret.public).name == "b.rpm"


def test_a_file_that_was_never_released_has_no_proof(ledger: Ledger):
    with pytest.raises(LedgerError) as caught:
        prove(ledger, "0" * 64)
    assert caught.value.code == "ledger.no_entry"


def test_an_empty_ledger_proves_nothing():
    with pytest.raises(LedgerError):
        prove(Ledger(), A)


def test_a_proof_is_for_one_file(ledger: Ledger, secret: SecretKey):
    with pytest.raises(LedgerError, match="another file"):
        verify_proof(prove(ledger, B), replace(FILE, sha256=A), key=secret.public)


def test_a_proof_of_another_key_is_refused(ledger: Ledger):
    with pytest.raises(SignError):
        verify_proof(prove(ledger, B), FILE, key=SecretKey.generate().public)


def test_an_entry_that_was_changed_is_refused(ledger: Ledger, secret: SecretKey):
    proof = prove(ledger, B)
    forged = replace(proof, entry=replace(proof.entry, version="9.9"))
    with pytest.raises(LedgerError, match="does not lead"):
        verify_proof(forged, FILE, key=secret.public)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("schema", 2),
        ("index", -1),
        ("index", True),
        ("path", "no list"),
        ("path", ["00"]),
        ("path", ["0" * 64] * 65),
        ("entry", 7),
        ("entry", '{"sha256":"0"}'),
        ("head", "{}"),
        ("head", '{"date":1,"origin":"a","root":"0","size":1}'),
        ("head", '{"date":1,"origin":"a","root":"' + "0" * 64 + '","size":0}'),
        ("head", '{"date":1,"origin":"a b","root":"' + "0" * 64 + '","size":1}'),
        ("signature", 7),
        ("more", 7),
    ],
    ids=[
        "schema", "negative", "no number", "no list", "no hash", "too long", "no entry",
        "half an entry", "no head", "no root", "no size", "no origin", "no signature", "one more key",
    ],
)  # fmt: skip
def test_a_malformed_proof_is_refused(ledger: Ledger, key: str, value: object):
    document = json.loads(prove(ledger, B).to_bytes())
    document[key] = value
    with pytest.raises(LedgerError) as caught:
        parse_proof(json.dumps(document).encode())
    assert caught.value.code == "ledger.malformed"


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"\xff", b"[" * 10_000, b" " * 70_000],
    ids=["empty", "list", "no text", "deep", "large"],
)
def test_what_is_no_proof_is_refused(data: bytes):
    with pytest.raises(LedgerError):
        parse_proof(data)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(at=st.integers(0, 2000), data=st.binary(min_size=1, max_size=4))
def test_no_proof_ends_in_anything_but_our_errors(
    ledger: Ledger, secret: SecretKey, at: int, data: bytes
):
    good = prove(ledger, B).to_bytes()
    with suppress(BundleError):
        proof = parse_proof(good[:at] + data + good[at + len(data) :])
        assert verify_proof(proof, FILE, key=secret.public).sha256 == B


@pytest.mark.parametrize("key", ["entry", "head", "signature"])
def test_half_a_letter_is_refused_as_malformed(ledger: Ledger, key: str):
    document = json.loads(prove(ledger, B).to_bytes())
    with pytest.raises(LedgerError) as caught:
        parse_proof(json.dumps({**document, key: "\ud800"}).encode())
    assert caught.value.code == "ledger.malformed"


def test_growth_is_proved_by_its_proof_alone(grow: Grow, entry: Entry, secret: SecretKey):
    old = grow(entry()).head
    new = grow(entry("b.rpm", content=b"b"))
    assert old is not None
    growth = parse_growth(prove_growth(new, old).to_bytes())
    verify_growth(growth, secret.public)
    assert (growth.old.head.size, growth.signed.head.size) == (1, 2)


def test_a_ledger_that_shrank_is_refused(grow: Grow, entry: Entry):
    old = grow(entry())
    new = grow(entry("b.rpm", content=b"b")).head
    assert new is not None
    with pytest.raises(LedgerError, match="fewer entries"):
        prove_growth(old, new)


def test_growth_without_its_hashes_is_refused(grow: Grow, entry: Entry, secret: SecretKey):
    old = grow(entry()).head
    new = grow(entry("b.rpm", content=b"b"))
    assert old is not None
    with pytest.raises(LedgerError, match="did not grow"):
        verify_growth(replace(prove_growth(new, old), path=()), secret.public)


def test_growth_of_another_schema_is_refused(grow: Grow, entry: Entry):
    made = grow(entry())
    assert made.head is not None
    document = json.loads(prove_growth(made, made.head).to_bytes())
    with pytest.raises(LedgerError):
        parse_growth(json.dumps({**document, "schema": 2}).encode())
