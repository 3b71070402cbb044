"""A release: everything signed, deltas where they pay, and the same bytes twice."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from millennium_bundler.errors import SignError, UpdaterError
from millennium_bundler.sign.minisign import parse_box, verify, wrapped
from millennium_bundler.sign.minisign_key import SecretKey
from millennium_bundler.sign.minisign_signer import KeySigner, trusted_comment
from millennium_bundler.sign.signing import Signing
from millennium_bundler.updater.artifacts import MadeBundle
from millennium_bundler.updater.delta import DeltaLimits, DeltaPlan, Measure, apply_delta
from millennium_bundler.updater.manifest import (
    Artifact,
    UpdateManifest,
    check_download,
    unseal,
)
from millennium_bundler.updater.previous import Previous, delta_from
from millennium_bundler.updater.release import Product, Release, check_settings, make_release
from millennium_bundler.updater_settings import UpdaterSettings

MakeProduct = Callable[..., Product]
SAME = hashlib.shake_256(b"same").digest(200_000)


@pytest.fixture
def release(
    product: MakeProduct, settings: UpdaterSettings, signing: Signing
) -> Callable[..., Release]:
    """Makes a release of an AppImage, with changes."""

    def make(version: str = "1.0.0", previous: Path | None = None, **changes: Any) -> Release:
        about = product(version, **changes.pop("product", {}))
        about.output.mkdir(exist_ok=True)
        package = about.output / f"hello {version}.AppImage"
        package.write_bytes(SAME + version.encode())
        bundles = [MadeBundle(kind="appimage", path=package)]
        with_changes = replace(settings, **changes)
        return make_release(about, bundles, previous, with_changes, signing)

    return make


def test_every_file_of_a_release_is_there(release: Callable[..., Release]):
    assert [path.name for path in release().files] == [
        "hello 1.0.0.AppImage.sig",
        "latest.json",
        "update-stable.json",
    ]


def test_the_manifest_names_what_was_made(
    release: Callable[..., Release], signer: KeySigner, tmp_path: Path
):
    made = release()
    manifest = unseal(made.files[-1].read_bytes(), (signer.public,))
    [artifact] = manifest.artifacts
    assert manifest == made.manifest
    assert artifact.url == "https://example.org/files/hello%201.0.0.AppImage"
    data = (tmp_path / "1.0.0" / artifact.name).read_bytes()
    check_download(manifest, artifact, data, (signer.public,))


def test_the_signature_beside_a_package_is_its_own(
    release: Callable[..., Release], signer: KeySigner
):
    made = release()
    box = parse_box(made.files[0].read_text())
    comment = verify(box, [signer.public], SAME + b"1.0.0")
    assert comment == "timestamp:1735689600\tfile:hello 1.0.0.AppImage\tversion:1.0.0"


def test_the_feed_is_one_that_tauri_reads(release: Callable[..., Release]):
    made = release()
    feed = json.loads(made.files[1].read_bytes())
    entry = {
        "signature": made.manifest.artifacts[0].signature,
        "url": "https://example.org/files/hello%201.0.0.AppImage",
    }
    assert feed == {
        "version": "1.0.0",
        "notes": "What is new.",
        "pub_date": "2100-01-01T00:00:00Z",
        "platforms": {"linux-x86_64": entry, "linux-x86_64-appimage": entry},
    }


def test_the_main_package_of_a_system_is_its_appimage(
    product: MakeProduct, settings: UpdaterSettings, signing: Signing, tmp_path: Path
):
    (tmp_path / "a.deb").write_bytes(b"deb")
    (tmp_path / "a.AppImage").write_bytes(b"appimage")
    bundles = [
        MadeBundle(kind="deb", path=tmp_path / "a.deb"),
        MadeBundle(kind="appimage", path=tmp_path / "a.AppImage"),
    ]
    made = make_release(product(), bundles, None, settings, signing)
    platforms = json.loads(made.files[-2].read_bytes())["platforms"]
    assert platforms["linux-x86_64"]["url"].endswith("a.AppImage")
    assert platforms["linux-x86_64-deb"]["url"].endswith("a.deb")


def test_a_manifest_that_has_expired_already_is_said(release: Callable[..., Release]):
    assert "expired already" in release(product={"published": 1_000_000_000}).warnings[0]


def test_tauri_is_not_shown_what_it_does_not_install(
    product: MakeProduct, settings: UpdaterSettings, signing: Signing, tmp_path: Path
):
    (tmp_path / "a.tar.gz").write_bytes(gzip.compress(b"tar"))
    bundles = [MadeBundle(kind="tar", path=tmp_path / "a.tar.gz")]
    made = make_release(product(), bundles, None, settings, signing)
    assert json.loads(made.files[-2].read_bytes())["platforms"] == {}
    assert [one.kind for one in made.manifest.artifacts] == ["tar"]


def test_each_language_has_the_delta_of_its_own(
    product: MakeProduct, settings: UpdaterSettings, signing: Signing, tmp_path: Path
):
    def language(code: str, version: str) -> MadeBundle:
        path = tmp_path / f"a_{version}_{code}.msi"
        path.write_bytes(hashlib.shake_256(code.encode()).digest(50_000) + version.encode())
        return MadeBundle(kind="msi", path=path)

    def released(version: str) -> Release:
        about = product(version, output=tmp_path, target="x86_64-windows-msvc")
        bundles = [language("de", version), language("en", version)]
        return make_release(about, bundles, tmp_path, settings, signing)

    released("1.0.0")
    deltas = [one.deltas[0].length < 1000 for one in released("1.1.0").manifest.artifacts]
    assert deltas == [True, True]


def test_a_second_run_makes_the_same_bytes(release: Callable[..., Release]):
    first = [path.read_bytes() for path in release().files]
    assert [path.read_bytes() for path in release().files] == first


def test_archives_are_made_where_they_are_wanted(release: Callable[..., Release]):
    made = release(artifacts="v1_compatible")
    assert made.files[0].name == "hello 1.0.0.AppImage.tar.gz"
    assert made.manifest.artifacts[0].name == made.files[0].name


def test_a_delta_leads_from_the_release_before(release: Callable[..., Release], tmp_path: Path):
    release("1.0.0")
    made = release("1.1.0", tmp_path / "1.0.0")
    [delta] = made.manifest.artifacts[0].deltas
    body = (tmp_path / "1.1.0" / "hello 1.1.0.AppImage.from-1.0.0.zst").read_bytes()
    plan = DeltaPlan(
        old=Measure(length=delta.old_length, sha256=delta.old_sha256),
        delta=Measure(length=delta.length, sha256=delta.sha256),
        new=Measure(length=delta.new_length, sha256=delta.new_sha256),
    )
    assert apply_delta(SAME + b"1.0.0", body, plan, DeltaLimits()) == SAME + b"1.1.0"
    assert (delta.form, delta.length < 1000) == ("file", True)


def test_a_delta_of_archives_is_of_what_is_inside(release: Callable[..., Release], tmp_path: Path):
    release("1.0.0", artifacts="v1_compatible")
    made = release("1.1.0", tmp_path / "1.0.0", artifacts="v1_compatible")
    [delta] = made.manifest.artifacts[0].deltas
    assert (delta.form, delta.new_length > 200_000, delta.length < 2000) == ("gunzip", True, True)


@pytest.mark.parametrize("archive", [b"no gzip", gzip.compress(SAME)[:-9]], ids=["other", "cut"])
def test_a_damaged_archive_makes_no_delta(signer: KeySigner, tmp_path: Path, archive: bytes):
    measure = Measure.of(archive)
    comment = trusted_comment("a.tar.gz", date=1, version="1.0.0")
    damaged = Artifact(
        platform="linux-x86_64",
        kind="app",
        url="https://example.org/a.tar.gz",
        length=measure.length,
        sha256=measure.sha256,
        signature=wrapped(signer.sign_box(archive, trusted_comment=comment).decode()),
    )
    manifest = UpdateManifest(
        identifier="a.b",
        channel="stable",
        version="1.0.0",
        published=1,
        expires=2,
        artifacts=(damaged,),
    )
    (tmp_path / "a.tar.gz").write_bytes(archive)
    before = Previous(folder=tmp_path, manifest=manifest, keys=(signer.public,))
    with pytest.raises(UpdaterError, match="archive is damaged"):
        delta_from(before, damaged, archive, version="1.1.0")


def test_no_delta_is_made_where_none_is_wanted(release: Callable[..., Release], tmp_path: Path):
    release("1.0.0")
    made = release("1.1.0", tmp_path / "1.0.0", with_deltas=False)
    assert (made.manifest.artifacts[0].deltas, made.warnings) == ((), ())


def test_no_release_before_is_said(release: Callable[..., Release], tmp_path: Path):
    assert "no release" in release("1.1.0", tmp_path).warnings[0]


def test_a_release_of_the_same_version_is_none_before(
    release: Callable[..., Release], tmp_path: Path
):
    release("1.0.0")
    assert "of this version" in release("1.0.0", tmp_path / "1.0.0").warnings[0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda path: path.unlink(), "is not in"),
        (lambda path: path.write_bytes(b"altered"), "not the file"),
    ],
    ids=["missing", "altered"],
)
def test_a_package_of_the_release_before_that_is_not_right_makes_no_delta(
    release: Callable[..., Release], tmp_path: Path, change: Callable[[Path], object], said: str
):
    release("1.0.0")
    change(tmp_path / "1.0.0" / "hello 1.0.0.AppImage")
    made = release("1.1.0", tmp_path / "1.0.0")
    assert (made.manifest.artifacts[0].deltas, said in made.warnings[0]) == ((), True)


def test_a_delta_that_would_not_pay_is_left_out(
    product: MakeProduct, settings: UpdaterSettings, signing: Signing, tmp_path: Path
):
    names = {version: tmp_path / f"{version}.deb" for version in ("1.0.0", "1.1.0")}
    names["1.0.0"].write_bytes(hashlib.shake_256(b"1").digest(10_000))
    names["1.1.0"].write_bytes(hashlib.shake_256(b"2").digest(10_000))
    about = product("1.0.0", output=tmp_path)
    make_release(about, [MadeBundle(kind="deb", path=names["1.0.0"])], None, settings, signing)
    about = product("1.1.0", output=tmp_path)
    bundles = [MadeBundle(kind="deb", path=names["1.1.0"])]
    made = make_release(about, bundles, tmp_path, settings, signing)
    assert "would not pay" in made.warnings[0]


def test_a_new_kind_of_package_has_no_delta(
    release: Callable[..., Release], product: MakeProduct, settings: UpdaterSettings,
    signing: Signing, tmp_path: Path,
):  # fmt: skip
    release("1.0.0")
    (tmp_path / "a.deb").write_bytes(b"deb")
    bundles = [MadeBundle(kind="deb", path=tmp_path / "a.deb")]
    made = make_release(product("1.1.0"), bundles, tmp_path / "1.0.0", settings, signing)
    assert made.manifest.artifacts[0].deltas == ()


def test_the_release_before_must_be_of_a_trusted_key(
    release: Callable[..., Release], product: MakeProduct, settings: UpdaterSettings, tmp_path: Path
):
    release("1.0.0")
    stranger = Signing(minisign=KeySigner(SecretKey.generate()))
    with pytest.raises(UpdaterError, match="no trusted key"):
        make_release(product("1.1.0"), [], tmp_path / "1.0.0", settings, stranger)


def test_other_systems_of_the_same_version_are_kept(
    release: Callable[..., Release], product: MakeProduct, settings: UpdaterSettings,
    signing: Signing, tmp_path: Path,
):  # fmt: skip
    release("1.0.0")
    (tmp_path / "a-setup.exe").write_bytes(b"MZ")
    about = product("1.0.0", target="x86_64-pc-windows-msvc")
    bundles = [MadeBundle(kind="nsis", path=tmp_path / "a-setup.exe")]
    made = make_release(about, bundles, None, settings, signing)
    assert [one.platform for one in made.manifest.artifacts] == ["linux-x86_64", "windows-x86_64"]


@pytest.mark.parametrize("has_delta", [True, False], ids=["there", "gone"])
def test_of_this_system_stays_what_earlier_runs_have_left(
    release: Callable[..., Release], product: MakeProduct, settings: UpdaterSettings,
    signing: Signing, tmp_path: Path, has_delta: bool,
):  # fmt: skip
    release("1.0.0")
    [artifact] = release("1.1.0", tmp_path / "1.0.0").manifest.artifacts
    [delta] = artifact.deltas
    earlier = {artifact.name: artifact.sha256, "delta": delta.sha256 if has_delta else ""}
    made = make_release(product("1.1.0", earlier=earlier), [], None, settings, signing)
    assert made.manifest.artifacts == (replace(artifact, deltas=(delta,) if has_delta else ()),)
    made = make_release(product("1.1.0"), [], None, settings, signing)
    assert made.manifest.artifacts == ()


@pytest.mark.parametrize("other", ["identifier", "channel"])
def test_what_the_same_publisher_released_as_another_app_is_not_taken_over(
    release: Callable[..., Release], other: str
):
    changes = {"product": {"identifier": "org.example.Other"}, "channel": "stable"}
    if other == "channel":
        changes = {"channel": "beta"}
    output = release("1.0.0", **changes).files[-1].parent
    (output / f"update-{changes['channel']}.json").replace(output / "update-stable.json")
    with pytest.raises(UpdaterError, match="is of another app") as caught:
        release("1.0.0")
    assert caught.value.code == "updater.mismatch"


def test_an_older_version_in_the_output_is_replaced(
    release: Callable[..., Release], tmp_path: Path
):
    release("1.0.0", product={"output": tmp_path / "out"})
    made = release("1.1.0", product={"output": tmp_path / "out"})
    assert [one.name for one in made.manifest.artifacts] == ["hello 1.1.0.AppImage"]


def test_packages_that_no_updater_takes_are_passed_over(
    product: MakeProduct, settings: UpdaterSettings, signing: Signing, tmp_path: Path
):
    bundles = [MadeBundle(kind="dmg", path=tmp_path / "a.dmg")]
    made = make_release(product(), bundles, None, settings, signing)
    assert (made.manifest.artifacts, "no package" in made.warnings[0]) == ((), True)


def test_the_next_key_is_in_the_manifest(release: Callable[..., Release], signer: KeySigner):
    following = SecretKey.generate().public
    made = release(next_public_keys=(wrapped(following.text), signer.public.line))
    assert made.manifest.keys == (signer.public.line, following.line)


def test_the_key_that_apps_carry_may_be_named(release: Callable[..., Release], signer: KeySigner):
    assert release(public_key=wrapped(signer.public.text)).manifest.version == "1.0.0"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"base_url": ""}, "fetched from"),
        ({"expires_after_days": 0}, "expire"),
        ({"expires_after_days": 4000}, "expire"),
        ({"public_key": SecretKey.generate().public.line}, "not the one"),
        ({"minimum_version": "1.0.1"}, "newer than"),
        ({"minimum_version": "soon"}, "cannot be ordered"),
        ({"version": "1.0"}, "cannot be ordered"),
        ({"product": {"target": "x86_64-plan9"}}, "no updater knows"),
    ],
    ids=["address", "days", "years", "key", "minimum", "no-minimum", "version", "target"],
)
def test_settings_that_cannot_make_a_release_are_refused(
    release: Callable[..., Release], changes: dict[str, Any], said: str
):
    with pytest.raises(UpdaterError, match=said) as caught:
        release(**changes)
    assert caught.value.code == "updater.settings"


def test_a_next_key_that_is_none_is_refused_before_any_work(
    product: MakeProduct, settings: UpdaterSettings, signing: Signing
):
    check_settings(product(), settings, signing)
    with pytest.raises(SignError):
        check_settings(product(), replace(settings, next_public_keys=("AAAA",)), signing)


def test_nothing_is_released_unsigned(product: MakeProduct, settings: UpdaterSettings):
    with pytest.raises(UpdaterError, match="not signed"):
        make_release(product(), [], None, settings, Signing())


def test_an_output_that_cannot_be_written_is_said_to_be(
    release: Callable[..., Release], tmp_path: Path
):
    (tmp_path / "1.0.0" / "latest.json").mkdir(parents=True)
    with pytest.raises(UpdaterError, match="cannot be written"):
        release()


def test_a_release_before_that_cannot_be_read_is_said_to_be(
    release: Callable[..., Release], tmp_path: Path
):
    (tmp_path / "update-stable.json").mkdir()
    with pytest.raises(UpdaterError, match="cannot be read"):
        release("1.1.0", tmp_path)
