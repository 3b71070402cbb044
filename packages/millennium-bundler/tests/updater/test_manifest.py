"""The signed update manifest: each rule of reading once kept and once broken."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium_bundler.errors import BundleError, SignError, UpdaterError
from millennium_bundler.sign.minisign import wrapped
from millennium_bundler.sign.minisign_key import SecretKey
from millennium_bundler.sign.minisign_signer import KeySigner, trusted_comment
from millennium_bundler.updater.delta import Measure
from millennium_bundler.updater.manifest import (
    MAX_MANIFEST_BYTES,
    Artifact,
    Delta,
    UpdateManifest,
    canonical,
    check_download,
    open_manifest,
    seal,
    unseal,
)
from millennium_bundler.updater.trust import Trust

SIGNER = KeySigner(SecretKey.generate())
KEYS = (SIGNER.public,)
NOW = 1_735_689_600
DAY = 86_400
DATA = b"the next version"


def box(data: bytes, comment: str, signer: KeySigner = SIGNER) -> str:
    return wrapped(signer.sign_box(data, trusted_comment=comment).decode())


def artifact(**changes: Any) -> Artifact:
    measure = Measure.of(DATA)
    made = Artifact(
        platform="linux-x86_64",
        kind="appimage",
        url="https://example.org/hello%201.1.0.AppImage?from=feed",
        length=measure.length,
        sha256=measure.sha256,
        signature=box(DATA, trusted_comment("hello 1.1.0.AppImage", date=NOW, version="1.1.0")),
        deltas=(
            Delta(
                from_version="1.0.0", form="file", url="https://example.org/d", length=1,
                sha256="0" * 64, old_length=2, old_sha256="1" * 64, new_length=3, new_sha256="2" * 64,
            ),
        ),
    )  # fmt: skip
    return replace(made, **changes)


MANIFEST = UpdateManifest(
    identifier="org.example.Hello",
    channel="stable",
    version="1.1.0",
    published=NOW,
    expires=NOW + 30 * DAY,
    minimum_version="0.9.0",
    notes="Größer.\nSchneller.",
    keys=(SIGNER.public.line,),
    artifacts=(artifact(),),
)
TRUST = Trust(
    keys=KEYS, identifier="org.example.Hello", channel="stable", version="1.0.0", now=NOW + DAY
)


def sealed_payload(payload: bytes, *, comment: str = "millennium-update:x") -> bytes:
    envelope = {
        "payload": base64.b64encode(payload).decode(),
        "signatures": [box(payload, comment)],
    }
    return json.dumps(envelope).encode()


def plain(manifest: UpdateManifest) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(json.dumps(asdict(manifest)))
    return value


def code_of(data: bytes, trust: Trust = TRUST) -> str:
    with pytest.raises(BundleError) as caught:
        open_manifest(data, trust)
    return caught.value.code


def test_what_was_sealed_is_read():
    assert open_manifest(seal(MANIFEST, (SIGNER,)), TRUST) == MANIFEST


def test_the_same_manifest_is_the_same_bytes():
    assert seal(MANIFEST, (SIGNER,)) == seal(MANIFEST, (SIGNER,))


def test_one_trusted_signature_among_several_is_enough():
    stranger = KeySigner(SecretKey.generate())
    assert open_manifest(seal(MANIFEST, (stranger, SIGNER)), TRUST) == MANIFEST


def test_the_installed_version_itself_is_no_downgrade():
    assert open_manifest(seal(MANIFEST, (SIGNER,)), replace(TRUST, version="1.1.0")) == MANIFEST


@pytest.mark.parametrize(
    "data",
    [
        b"", b"[]", b"{}", b"\xff", b"[" * 5000, b" " * (MAX_MANIFEST_BYTES + 1),
        b'{"payload": "", "signatures": []}',
        b'{"payload": "", "signatures": [1]}',
        b'{"payload": "", "signatures": ["a"], "more": 1}',
        b'{"payload": "", "payload": "", "signatures": ["a"]}',
        b'{"payload": 1.5, "signatures": ["a"]}',
        b'{"payload": NaN, "signatures": ["a"]}',
        b'{"payload": "%%", "signatures": ["a"]}',
        json.dumps({"payload": "", "signatures": ["a"] * 9}).encode(),
    ],
    ids=[
        "empty", "list", "no-keys", "no-text", "deep", "huge", "unsigned", "number", "more-keys", "twice",
        "fraction", "nan", "no-base64", "nine",
    ],
)  # fmt: skip
def test_what_is_no_envelope_is_refused(data: bytes):
    assert code_of(data) == "updater.malformed"


def test_an_unknown_key_is_refused():
    assert code_of(seal(MANIFEST, (KeySigner(SecretKey.generate()),))) == "updater.untrusted"


def test_an_altered_payload_is_refused():
    envelope = json.loads(seal(MANIFEST, (SIGNER,)))
    payload = canonical(plain(replace(MANIFEST, version="9.0.0")))
    envelope["payload"] = base64.b64encode(payload).decode()
    assert code_of(json.dumps(envelope).encode()) == "updater.untrusted"


def test_a_signature_that_is_none_is_refused():
    data = json.dumps({"payload": "", "signatures": ["nonsense"]}).encode()
    assert code_of(data) == "updater.untrusted"


def test_the_signature_of_a_file_is_none_of_a_manifest():
    payload = canonical(plain(MANIFEST))
    assert code_of(sealed_payload(payload, comment="timestamp:1\tfile:a")) == "updater.untrusted"


def test_half_a_letter_in_a_signature_is_refused_before_any_key_is_asked():
    text = "untrusted comment: \ud800\nRU\ntrusted comment: \ud800\n\n"
    assert (
        code_of(json.dumps({"payload": "", "signatures": [text]}).encode()) == "updater.malformed"
    )


def test_half_a_letter_in_a_payload_is_refused():
    assert code_of(sealed_payload(b'{"notes":"\\ud800"}')) == "updater.malformed"


def test_a_payload_that_is_not_canonical_is_refused():
    assert code_of(sealed_payload(json.dumps(plain(MANIFEST)).encode())) == "updater.malformed"


@pytest.mark.parametrize(
    "changes",
    [{"schema": 2}, {"more": 1}, {"published": "now"}, {"channel": "UP"}, {"artifacts": [{}]}],
    ids=["schema", "unknown-key", "type", "pattern", "missing-key"],
)
def test_a_payload_of_another_form_is_refused(changes: dict[str, Any]):
    assert code_of(sealed_payload(canonical({**plain(MANIFEST), **changes}))) == "updater.malformed"


@pytest.mark.parametrize(
    "changes", [{"identifier": "org.example.Other"}, {"channel": "beta"}], ids=str
)
def test_a_manifest_of_another_app_or_channel_is_refused(changes: dict[str, Any]):
    assert code_of(seal(replace(MANIFEST, **changes), (SIGNER,))) == "updater.mismatch"


@pytest.mark.parametrize("now", [NOW + 30 * DAY, NOW - 2 * DAY], ids=["late", "early"])
def test_a_manifest_out_of_its_time_is_refused(now: int):
    assert code_of(seal(MANIFEST, (SIGNER,)), replace(TRUST, now=now)) == "updater.expired"


def test_a_clock_that_is_a_little_slow_is_no_reason_to_refuse():
    assert open_manifest(seal(MANIFEST, (SIGNER,)), replace(TRUST, now=NOW - DAY // 2)) == MANIFEST


@pytest.mark.parametrize(
    "changes", [{"version": "1.1.1"}, {"newest_published": NOW + 1}], ids=["version", "manifest"]
)
def test_a_downgrade_is_refused(changes: dict[str, Any]):
    assert code_of(seal(MANIFEST, (SIGNER,)), replace(TRUST, **changes)) == "updater.downgrade"


def test_too_old_an_app_is_refused():
    trust = replace(TRUST, version="0.8.9")
    assert code_of(seal(MANIFEST, (SIGNER,)), trust) == "updater.mismatch"


@pytest.mark.parametrize(
    "end",
    ["", "..", "%2e%2e", "%00", "a%0Ab", "..%5Ca.deb", "c%3Aa.deb", "%E2%80%AEbed.a", "a" * 300],
    ids=["none", "up", "up-encoded", "nul", "line", "windows", "drive", "turned", "long"],
)
def test_an_address_that_ends_with_no_name_of_a_file_is_refused(end: str):
    changed = replace(MANIFEST, artifacts=(artifact(url=f"https://example.org/{end}"),))
    assert code_of(seal(changed, (SIGNER,))) == "updater.malformed"


def test_an_address_that_is_none_is_refused():
    changed = replace(MANIFEST, artifacts=(artifact(url="https://[example.org/a.deb"),))
    assert code_of(seal(changed, (SIGNER,))) == "updater.malformed"


def test_a_manifest_without_minimum_is_for_everybody():
    manifest = replace(MANIFEST, minimum_version="")
    assert open_manifest(seal(manifest, (SIGNER,)), replace(TRUST, version="0.0.1")) == manifest


def test_what_the_manifest_describes_is_accepted():
    assert artifact().name == "hello 1.1.0.AppImage"
    check_download(MANIFEST, artifact(), DATA, KEYS)


@pytest.mark.parametrize("data", [DATA + b".", DATA[:-1] + b"."], ids=["length", "digest"])
def test_another_file_is_refused(data: bytes):
    with pytest.raises(UpdaterError, match="not the file"):
        check_download(MANIFEST, artifact(), data, KEYS)


@pytest.mark.parametrize(
    "comment",
    [
        trusted_comment("other.AppImage", date=NOW, version="1.1.0"),
        trusted_comment("hello 1.1.0.AppImage", date=NOW, version="1.0.0"),
        trusted_comment("hello 1.1.0.AppImage", date=NOW),
    ],
    ids=["name", "version", "no-version"],
)
def test_a_file_that_was_signed_as_another_is_refused(comment: str):
    mixed = artifact(signature=box(DATA, comment))
    with pytest.raises(UpdaterError, match="signed as another"):
        check_download(MANIFEST, mixed, DATA, KEYS)


def test_a_file_that_a_stranger_signed_is_refused():
    comment = trusted_comment("hello 1.1.0.AppImage", date=NOW, version="1.1.0")
    forged = artifact(signature=box(DATA, comment, KeySigner(SecretKey.generate())))
    with pytest.raises(SignError) as caught:
        check_download(MANIFEST, forged, DATA, KEYS)
    assert caught.value.code == "minisign.other_key"


@given(st.data())
def test_no_changed_byte_of_an_envelope_makes_another_manifest(data: st.DataObject):
    envelope = bytearray(seal(MANIFEST, (SIGNER,)))
    at = data.draw(st.integers(0, len(envelope) - 1))
    envelope[at] ^= data.draw(st.integers(1, 255))
    assert read_or_none(bytes(envelope)) in (None, MANIFEST)


@given(st.binary(max_size=200))
def test_no_bytes_are_read_as_a_manifest_by_chance(data: bytes):
    with pytest.raises(UpdaterError):
        unseal(data, KEYS)


def read_or_none(data: bytes) -> UpdateManifest | None:
    """Read an envelope; None when it is refused."""
    try:
        return open_manifest(data, TRUST)
    except UpdaterError:
        return None
