"""Python seals and opens as a third implementation computed it; the page is held to the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from millennium.security.envelope import Opener, Place, Sealer, derive_key
from millennium.security.secret import Secret

VECTORS = json.loads(Path(__file__).with_name("envelope.json").read_text(encoding="utf-8"))
ENVELOPES = VECTORS["envelopes"]
EACH = pytest.mark.parametrize("vector", ENVELOPES, ids=[each["name"] for each in ENVELOPES])

Vector = dict[str, str]


def place_of(vector: Vector) -> Place:
    return Place(
        version=int(vector["version"]), label=vector["label"], document=int(vector["document"])
    )


def key_of(vector: Vector) -> Secret:
    direction = vector["direction"]
    assert direction in {"up", "down"}
    secret = Secret(bytes.fromhex(vector["secret"]))
    return derive_key(secret, vector["token"], "up" if direction == "up" else "down")


@EACH
def test_the_key_is_derived(vector: Vector) -> None:
    assert key_of(vector) == Secret(bytes.fromhex(vector["key"]))


@EACH
def test_the_envelope_opens(vector: Vector) -> None:
    opened = Opener(place_of(vector)).open(key_of(vector), vector["subject"], vector["envelope"])

    assert opened.decode() == vector["plaintext"]


@EACH
def test_the_envelope_is_made_again(vector: Vector) -> None:
    sealer = Sealer(place_of(vector), start=int(vector["counter"]))

    made = sealer.seal(key_of(vector), vector["subject"], vector["plaintext"].encode())

    assert made == vector["envelope"]
