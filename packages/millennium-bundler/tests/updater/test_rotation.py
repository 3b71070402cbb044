"""Keys come and go: what an app does that has seen a change, one that has missed it, and what a thief can do.

The attacks on updaters that others have met (rollback, freeze, mix and match, fast forward, a stolen key): each
beside its control, the same thing done by who may.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from millennium_bundler.errors import BundleError, SignError, UpdaterError
from millennium_bundler.sign.minisign import PublicKey, parse_public_key, wrapped
from millennium_bundler.sign.minisign_key import SecretKey
from millennium_bundler.sign.minisign_signer import KeySigner, trusted_comment
from millennium_bundler.updater.delta import Measure
from millennium_bundler.updater.manifest import (
    Artifact,
    UpdateManifest,
    check_download,
    key_lines,
    open_manifest,
    seal,
    trust_after,
)
from millennium_bundler.updater.trust import Trust

VECTORS = json.loads(Path(__file__).with_name("rotation_vectors.json").read_text())
NOW = 1_735_689_600
DAY = 86_400
DATA = b"the next version"


def signer(letter: bytes, number: bytes = b"") -> KeySigner:
    """A key that is always the same, and known to all: for tests alone."""
    key = Ed25519PrivateKey.from_private_bytes(letter * 32)
    return KeySigner(SecretKey(key, key_id=number or letter * 8))


OLD, NEW, THIEF = (signer(letter) for letter in (b"o", b"n", b"t"))


def artifact(by: KeySigner, version: str = "1.1.0", data: bytes = DATA) -> Artifact:
    comment = trusted_comment("hello.AppImage", date=NOW, version=version)
    measure = Measure.of(data)
    return Artifact(
        platform="linux-x86_64",
        kind="appimage",
        url="https://example.org/hello.AppImage",
        length=measure.length,
        sha256=measure.sha256,
        signature=wrapped(by.sign_box(data, trusted_comment=comment).decode()),
    )


def manifest(*keys: KeySigner, retired: tuple[KeySigner, ...] = (), **changes: Any) -> bytes:
    """A manifest that its first key made, signed by all of them that `signers` names, else by all."""
    signers: tuple[KeySigner, ...] = changes.pop("signers", keys)
    made = UpdateManifest(
        identifier="org.example.Hello",
        channel="stable",
        version=changes.pop("version", "1.1.0"),
        published=changes.pop("published", NOW),
        expires=changes.pop("expires", NOW + 30 * DAY),
        keys=key_lines(tuple(key.public for key in keys)),
        retired_keys=key_lines(tuple(key.public for key in retired)),
        artifacts=(artifact(signers[0]),),
    )
    return seal(replace(made, **changes), signers)


def app(*keys: KeySigner, **changes: Any) -> Trust:
    """An installed app, as it was delivered with some keys."""
    trust = Trust(
        keys=tuple(key.public for key in keys),
        identifier="org.example.Hello",
        channel="stable",
        version="1.0.0",
        now=NOW + DAY,
    )
    return replace(trust, **changes)


def learn(trust: Trust, data: bytes) -> Trust:
    return trust_after(open_manifest(data, trust), trust)


def keys_of(trust: Trust) -> tuple[PublicKey, ...]:
    return trust.working


def code_of(trust: Trust, data: bytes) -> str:
    with pytest.raises(BundleError) as caught:
        open_manifest(data, trust)
    return caught.value.code


# What those do who may.

NAMED = manifest(OLD, NEW, signers=(OLD,))
RETIRED = manifest(NEW, retired=(OLD,), signers=(NEW, OLD), published=NOW + 1)


def test_a_key_is_named_beforehand():
    assert keys_of(learn(app(OLD), NAMED)) == (OLD.public, NEW.public)


def test_a_key_is_retired():
    trust = learn(learn(app(OLD), NAMED), RETIRED)
    assert (keys_of(trust), trust.retired) == ((NEW.public,), (OLD.public,))


def test_who_has_missed_the_new_key_learns_it_and_the_end_of_the_old_one_at_once():
    assert keys_of(learn(app(OLD), RETIRED)) == (NEW.public,)


def test_who_has_missed_it_for_too_long_must_install_by_hand():
    alone = manifest(NEW, retired=(OLD,), published=NOW + 1)
    assert keys_of(learn(app(OLD, NEW), alone)) == (NEW.public,)  # the control
    assert code_of(app(OLD), alone) == "updater.untrusted"


def test_a_manifest_that_changes_nothing_may_be_of_any_trusted_key():
    known = manifest(OLD, NEW, signers=(OLD,))
    assert keys_of(learn(app(OLD, NEW), known)) == (OLD.public, NEW.public)


def test_a_key_that_an_app_does_not_know_is_not_retired_beforehand():
    """Else a thief of an older key could retire the one that is yet to come."""
    early = manifest(OLD, NEW, retired=(THIEF,), signers=(OLD,))
    assert learn(app(OLD, NEW), early).retired == ()
    assert learn(app(THIEF, OLD), manifest(OLD, retired=(THIEF,))).retired == (THIEF.public,)


def test_what_is_learned_twice_is_there_once():
    trust = learn(learn(app(OLD), RETIRED), RETIRED)
    assert (trust.keys, trust.retired) == ((NEW.public,), (OLD.public,))


# What a thief of the old key tries.


def after_retirement() -> Trust:
    return learn(app(OLD), RETIRED)


def test_a_manifest_of_a_retired_key_is_refused():
    later = manifest(OLD, published=NOW + 2)
    assert learn(app(OLD), later).newest_published == NOW + 2  # the control: nobody retired it
    assert code_of(after_retirement(), later) == "updater.untrusted"


def test_a_file_that_a_retired_key_signed_is_refused_in_a_good_manifest():
    trust = after_retirement()
    good = open_manifest(RETIRED, trust)
    check_download(good, artifact(NEW), DATA, trust.working)  # the control
    with pytest.raises(SignError) as caught:
        check_download(good, artifact(OLD), DATA, trust.working)
    assert caught.value.code == "minisign.other_key"


def test_the_manifest_before_a_retirement_does_not_come_back():
    """Rollback: signed by both keys when both were good, so the date alone speaks against it."""
    before = manifest(OLD, NEW)
    assert keys_of(learn(app(NEW), before)) == (NEW.public, OLD.public)  # the control
    assert code_of(after_retirement(), before) == "updater.downgrade"


def test_a_retired_key_does_not_come_back_under_any_name():
    again = PublicKey(key_id=b"another.", key=OLD.public.key)
    naming = manifest(NEW, published=NOW + 2)
    other = manifest(NEW, published=NOW + 2, keys=(NEW.public.line, again.line))
    assert keys_of(learn(app(NEW), other)) == (NEW.public, again)  # the control
    assert keys_of(learn(after_retirement(), naming)) == (NEW.public,)
    assert learn(after_retirement(), other).keys == (NEW.public,)


def test_what_is_retired_counts_for_nothing_though_it_is_still_in_the_list():
    trust = app(OLD, NEW, retired=(OLD.public,))
    assert app(OLD, NEW).working == (OLD.public, NEW.public)  # the control
    assert trust.working == (NEW.public,)
    assert code_of(trust, manifest(OLD)) == "updater.untrusted"


@pytest.mark.parametrize(
    "forged",
    [
        manifest(OLD, THIEF, published=NOW + 2),
        manifest(OLD, retired=(NEW,), published=NOW + 2),
        manifest(THIEF, retired=(OLD, NEW), signers=(OLD, THIEF), published=NOW + 2),
    ],
    ids=["names-his-own", "retires-the-new", "both"],
)
def test_a_thief_of_an_older_key_changes_no_keys(forged: bytes):
    assert learn(app(OLD), forged).newest_published == NOW + 2  # the control: it is the only key
    assert code_of(app(OLD, NEW), forged) == "updater.untrusted"


def test_the_newest_key_has_the_last_word_over_a_thief():
    """The way back after a theft, for all who knew the key that was kept apart."""
    forged = learn(app(OLD, NEW), manifest(OLD, published=NOW + 2))
    assert keys_of(learn(forged, manifest(NEW, retired=(OLD,), published=NOW + 3))) == (NEW.public,)


def test_nobody_is_left_without_a_key_that_signs():
    stays = manifest(OLD, NEW, retired=(OLD,), signers=(OLD, NEW))
    assert keys_of(learn(app(OLD), stays)) == (NEW.public,)  # the control
    assert code_of(app(OLD), manifest(NEW, retired=(OLD,), signers=(OLD,))) == "updater.untrusted"
    assert code_of(app(OLD), manifest(OLD, retired=(OLD,))) == "updater.untrusted"


def test_who_only_names_the_new_key_has_not_signed_with_it():
    """The box of a stranger under the number of the new key: it does not fit."""
    posed = signer(b"t", NEW.public.key_id)
    forged = manifest(NEW, retired=(OLD,), signers=(OLD, posed))
    assert keys_of(learn(app(OLD), RETIRED)) == (NEW.public,)  # the control
    assert code_of(app(OLD), forged) == "updater.untrusted"


# The other attacks.


def test_fast_forward_a_date_far_ahead_is_refused_so_that_it_cannot_be_used_up():
    trust = app(OLD, now=NOW)
    assert learn(trust, manifest(OLD, published=NOW + DAY)).newest_published == NOW + DAY
    assert code_of(trust, manifest(OLD, published=NOW + DAY + 1)) == "updater.expired"
    tomorrow = replace(learn(trust, manifest(OLD, published=NOW + DAY)), now=NOW + 2 * DAY)
    assert learn(tomorrow, manifest(OLD, published=NOW + 2 * DAY)).newest_published == NOW + 2 * DAY


def test_freeze_an_old_manifest_is_good_until_it_expires():
    frozen = manifest(OLD)
    assert learn(app(OLD, now=NOW + 30 * DAY - 1), frozen).newest_published == NOW
    assert code_of(app(OLD, now=NOW + 30 * DAY), frozen) == "updater.expired"


def test_rollback_of_the_version_and_of_the_manifest_is_refused():
    assert code_of(app(OLD, version="1.2.0"), manifest(OLD)) == "updater.downgrade"
    assert code_of(app(OLD, newest_published=NOW + 1), manifest(OLD)) == "updater.downgrade"
    assert learn(app(OLD, newest_published=NOW), manifest(OLD)).newest_published == NOW


def test_mix_and_match_a_file_of_another_release_is_refused():
    found = open_manifest(manifest(OLD), app(OLD))
    check_download(found, found.artifacts[0], DATA, (OLD.public,))  # the control
    other = artifact(OLD, version="1.0.9", data=b"an older version")
    with pytest.raises(UpdaterError, match="another version"):
        check_download(found, other, b"an older version", (OLD.public,))


def test_signatures_of_two_manifests_do_not_vouch_for_a_third():
    """An envelope with the box of another manifest: nobody signed what it holds."""
    first, second = json.loads(manifest(OLD)), json.loads(manifest(OLD, version="9.0.0"))
    mixed = {**second, "signatures": first["signatures"]}
    assert learn(app(OLD), json.dumps(second).encode()).newest_published == NOW  # the control
    assert code_of(app(OLD), json.dumps(mixed).encode()) == "updater.untrusted"


def test_a_key_that_is_none_is_refused_before_anything_is_learned():
    assert code_of(app(OLD), manifest(OLD, keys=("AAAA",))) == "updater.malformed"


def test_two_keys_of_one_number_are_two_keys():
    twin = signer(b"w", OLD.public.key_id)
    named = manifest(OLD, twin, signers=(OLD,))
    assert keys_of(learn(app(OLD), named)) == (OLD.public, twin.public)
    changing = manifest(OLD, twin, THIEF, signers=(OLD,), published=NOW + 1)
    assert code_of(learn(app(OLD), named), changing) == "updater.untrusted"


# For readers in other languages: the same envelopes, and what each makes of an app's trust.


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_what_others_read_is_what_we_read(vector: dict[str, Any]):
    trust = app(
        now=vector["now"],
        keys=tuple(map(parse_public_key, vector["keys"])),
        retired=tuple(map(parse_public_key, vector["retired"])),
        newest_published=vector["newest_published"],
    )
    assert outcome(trust, json.dumps(vector["envelope"]).encode()) == vector["outcome"]


def outcome(trust: Trust, data: bytes) -> dict[str, Any]:
    try:
        after = learn(trust, data)
    except UpdaterError as error:
        return {"refused": error.code}
    keys, retired = key_lines(after.working), key_lines(after.retired)
    return {"keys": [*keys], "retired": [*retired], "newest_published": after.newest_published}
