"""A release whose keys change: what the maker is told, and what apps that know one of the keys learn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from millennium_bundler.errors import UpdaterError
from millennium_bundler.sign.minisign_key import SecretKey
from millennium_bundler.sign.minisign_signer import KeySigner
from millennium_bundler.sign.signing import Signing
from millennium_bundler.updater.artifacts import MadeBundle
from millennium_bundler.updater.manifest import check_download, open_manifest, trust_after
from millennium_bundler.updater.release import Product, Release, make_release
from millennium_bundler.updater.trust import Trust
from millennium_bundler.updater_settings import UpdaterSettings

MakeRelease = Callable[..., Release]


@pytest.fixture(scope="session")
def fresh() -> KeySigner:
    """The key that takes the place of the other."""
    return KeySigner(SecretKey.generate())


@pytest.fixture
def release(
    product: Callable[..., Product], settings: UpdaterSettings, tmp_path: Path
) -> MakeRelease:
    """Makes a release of one package, signed by some keys, with changes of the settings."""

    def make(*signers: KeySigner, **changes: Any) -> Release:
        kind, previous = changes.pop("kind", "deb"), changes.pop("previous", None)
        about = product(changes.pop("version", "1.0.0"), **changes.pop("product", {}))
        about.output.mkdir(exist_ok=True)
        path = about.output / f"hello.{kind}"
        path.write_bytes(b"the package " * 1000 + about.version.encode())
        bundles = [MadeBundle(kind=kind, path=path)]
        signing = Signing(minisign=signers[0], former=signers[1:])
        return make_release(about, bundles, previous, replace(settings, **changes), signing)

    return make


def app(made: Release, key: KeySigner) -> Trust:
    manifest = made.manifest
    return Trust(
        keys=(key.public,),
        identifier=manifest.identifier,
        channel=manifest.channel,
        version=manifest.version,
        now=manifest.published,
    )


def learned(made: Release, key: KeySigner) -> Trust:
    """What an app that knows one key trusts afterwards; it takes the package with that."""
    trust = app(made, key)
    manifest = open_manifest(made.files[-1].read_bytes(), trust)
    after = trust_after(manifest, trust)
    data = (made.files[-1].parent / manifest.artifacts[0].name).read_bytes()
    check_download(manifest, manifest.artifacts[0], data, after.working)
    return after


def test_an_app_that_knows_the_former_key_alone_learns_the_new_one(
    release: MakeRelease, signer: KeySigner, fresh: KeySigner
):
    made = release(fresh, signer, public_key=signer.public.line)
    assert learned(made, signer).working == (signer.public, fresh.public)


def test_a_retired_key_is_trusted_no_more(
    release: MakeRelease, signer: KeySigner, fresh: KeySigner
):
    made = release(fresh, signer, retired_public_keys=(signer.public.line,))
    assert learned(made, signer).working == (fresh.public,)
    assert learned(made, fresh).working == (fresh.public,)
    assert made.manifest.keys == (fresh.public.line,)


@pytest.mark.parametrize(
    ("signers", "settings_"),
    [
        (("signer", "fresh"), {}),
        (("fresh",), {"next_public_keys": ("signer",)}),
        (("fresh", "signer"), {"public_key": "signer"}),
    ],
    ids=["signs", "is-next", "is-carried"],
)
def test_a_retired_key_cannot_be_one_to_trust(
    release: MakeRelease,
    signer: KeySigner,
    fresh: KeySigner,
    signers: tuple[str, ...],
    settings_: dict[str, Any],
):
    known = {"signer": signer, "fresh": fresh}
    lines = {name: key.public.line for name, key in known.items()}
    named = {
        name: lines[value] if isinstance(value, str) else tuple(lines[one] for one in value)
        for name, value in settings_.items()
    }
    release(*(known[name] for name in signers), **named)  # the control: nobody retires it
    with pytest.raises(UpdaterError, match="is retired") as caught:
        release(*(known[name] for name in signers), retired_public_keys=(lines["signer"],), **named)
    assert caught.value.code == "updater.settings"


def test_a_delta_leads_from_the_last_release_of_a_retired_key(
    release: MakeRelease, signer: KeySigner, fresh: KeySigner
):
    before = release(signer).files[-1].parent
    changes = {"version": "1.1.0", "previous": before}
    made = release(fresh, signer, retired_public_keys=(signer.public.line,), **changes)
    assert [delta.from_version for delta in made.manifest.artifacts[0].deltas] == ["1.0.0"]
    with pytest.raises(UpdaterError, match="no trusted key"):  # the control: nobody knows that key
        release(fresh, **changes)


def test_what_a_retired_key_signed_for_other_systems_is_not_taken_over(
    release: MakeRelease, signer: KeySigner, fresh: KeySigner
):
    windows = {"product": {"target": "x86_64-pc-windows-msvc"}, "kind": "nsis"}
    release(signer, fresh)
    kept = release(fresh, signer, **windows)
    assert {one.platform for one in kept.manifest.artifacts} == {"linux-x86_64", "windows-x86_64"}
    made = release(fresh, retired_public_keys=(signer.public.line,), **windows)
    assert {one.platform for one in made.manifest.artifacts} == {"windows-x86_64"}
    assert made.warnings == ("hello.deb is signed by a retired key: bundle it again",)
