"""The command, typed as a user types it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from millennium_bundler.cli import BUILD_HOOK, bundle, group
from millennium_bundler.settings import Manifest
from millennium_bundler.sign.minisign_key import SecretKey

OWN = SecretKey.generate()
WriteManifest = Callable[..., Path]


def typed(
    *words: str | Path, cwd: Path | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "millennium_bundler", *map(str, words)],
        capture_output=True,
        text=True,
        cwd=cwd,
        check=False,
        timeout=60,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1735689600", **variables},
    )


def test_bundle_writes_a_deb_and_prints_where(write_manifest: WriteManifest, tmp_path: Path):
    done = typed(
        "bundle", "--manifest", write_manifest(), "--targets", "deb", "--output", tmp_path / "o",
        "--json", "--no-lint",
    )  # fmt: skip
    [made] = json.loads(done.stdout)["bundles"]
    assert done.returncode == 0
    assert Path(made["path"]) == tmp_path / "o" / "hello_1.2.3_amd64.deb"
    assert Path(made["path"]).stat().st_size == made["bytes"]
    assert "deb: write and verify" in done.stderr


@pytest.mark.parametrize(
    ("words", "made"),
    [([], ["tar"]), (["--targets", "deb"], ["deb"])],
    ids=["configured", "typed"],
)
def test_what_is_typed_wins_over_what_is_configured(
    write_manifest: WriteManifest, tmp_path: Path, words: list[str], made: list[str]
):
    manifest = write_manifest(targets=["tar", "msi"])
    done = typed("bundle", "--manifest", manifest, "--json", "--no-lint", *words)
    assert [one["target"] for one in json.loads(done.stdout)["bundles"]] == made


def test_two_runs_write_the_same_bytes(write_manifest: WriteManifest, tmp_path: Path):
    manifest = write_manifest()
    words = ("bundle", "--targets", "deb", "--manifest", manifest, "--no-lint", "--output")
    typed(*words, tmp_path / "1")
    typed(*words, tmp_path / "2")
    name = "hello_1.2.3_amd64.deb"
    assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_the_newest_manifest_below_dist_is_taken(write_manifest: WriteManifest, tmp_path: Path):
    folder = tmp_path / "project" / "dist" / "org.example.Hello" / "x86_64-linux-gnu"
    folder.mkdir(parents=True)
    manifest = write_manifest()
    for name in ("hello", "icon.png", "bundle-manifest.json"):
        manifest.with_name(name).rename(folder / name)
    done = typed("bundle", "--targets", "deb", "--no-lint", cwd=tmp_path / "project")
    assert done.returncode == 0
    assert (folder / "bundle" / "hello_1.2.3_amd64.deb").is_file()


def test_without_a_manifest_it_says_what_to_run(tmp_path: Path):
    done = typed("bundle", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith(
        "error[M0401]: no dist/<identifier>/<target>/bundle-manifest.json"
    )
    assert "= help: run `millennium build`" in done.stderr
    assert done.stdout == ""


def test_an_unverified_executable_exits_with_four(write_manifest: WriteManifest):
    done = typed("bundle", "--manifest", write_manifest(verified=False))
    assert done.returncode == 4
    assert "error[M0412]" in done.stderr
    assert "--allow-unverified" in done.stderr


def test_an_unverified_executable_passes_when_allowed(
    write_manifest: WriteManifest, tmp_path: Path
):
    manifest = write_manifest(verified=False)
    output = tmp_path / "o"
    done = typed(
        "bundle", "--targets", "deb", "--manifest", manifest, "--allow-unverified", "--no-lint",
        "--output", output,
    )  # fmt: skip
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["bundle", "--targets", "exe"], 2, "error[M0440]: format 'exe' is not known"),
        (["bundle", "--targetss", "deb"], 2, "No such option"),
        (["bundlee"], 2, "No such command"),
        (["--version"], 0, ""),
        (["bundle", "--help"], 0, ""),
    ],
    ids=["unknown format", "unknown option", "unknown command", "version", "help"],
)
def test_the_wrong_thing_has_a_code(tmp_path: Path, words: list[str], code: int, said: str):
    done = typed(*words, cwd=tmp_path)
    assert (done.returncode, said in done.stderr) == (code, True)
    assert "Traceback" not in done.stderr


def test_list_names_the_formats():
    done = typed("bundle", "list")
    lines = [line.split(maxsplit=2) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert ["deb", "linux", "Debian packages"] in lines


def test_list_prints_json():
    formats = json.loads(typed("bundle", "list", "--json").stdout)["formats"]
    assert formats["deb"] == {
        "class": "millennium_bundler.formats.deb:DebFormat",
        "systems": ["linux"],
        "makes": "Debian packages",
    }


def test_schema_prints_the_manifests_schema():
    assert json.loads(typed("bundle", "schema").stdout)["additionalProperties"] is False


def test_an_unknown_format_is_refused_before_anything_is_built(tmp_path: Path):
    asked: list[bool] = []

    def build(no_build: bool) -> Path:
        asked.append(no_build)
        return tmp_path

    @click.group()
    @click.pass_context
    def outer(context: click.Context) -> None:
        context.meta[BUILD_HOOK] = build

    outer.add_command(bundle)
    done = CliRunner().invoke(outer, ["bundle", "--targets", "nope"])
    assert (done.exit_code, asked) == (2, [])


def test_targets_without_a_name_are_wrong_usage(write_manifest: WriteManifest):
    done = typed("bundle", "--manifest", write_manifest(), "--targets", " ,")
    assert done.returncode == 2
    assert "no format in --targets ' ,'" in done.stderr


@pytest.mark.parametrize(
    ("targets", "code"), [("flatpak", 3), ("all", 0)], ids=["named", "one of all"]
)
def test_a_format_without_its_tool_says_that_the_machine_lacks_something(
    write_manifest: WriteManifest, tmp_path: Path, targets: str, code: int
):
    words = ("--targets", targets, "--output", tmp_path / "o", "--no-lint")
    done = typed("bundle", "--manifest", write_manifest(), *words, PATH=str(tmp_path))
    assert done.returncode == code
    assert "flatpak and ostree, not installed here" in done.stderr


def test_whoever_carries_the_command_can_build_first(write_manifest: WriteManifest, tmp_path: Path):
    asked: list[bool] = []

    def build(no_build: bool) -> Path:
        asked.append(no_build)
        return write_manifest()

    @click.group()
    @click.pass_context
    def outer(context: click.Context) -> None:
        context.meta[BUILD_HOOK] = build

    outer.add_command(bundle)
    words = [
        "bundle",
        "--targets",
        "deb",
        "--no-build",
        "--no-lint",
        "--output",
        str(tmp_path / "o"),
    ]
    done = CliRunner().invoke(outer, words)
    assert (done.exit_code, asked) == (0, [True])


def test_two_formats_of_one_name_end_the_list(monkeypatch: pytest.MonkeyPatch):
    points = [EntryPoint("deb", value, "millennium.formats") for value in ("a:A", "b:B")]
    monkeypatch.setattr(
        "millennium_bundler.installed_formats.entry_points", lambda **_group: points
    )
    done = CliRunner().invoke(group, ["bundle", "list"])
    assert done.exit_code == 1
    assert "error[M0441]" in done.stderr


def test_a_made_folder_is_verified(write_manifest: WriteManifest, tmp_path: Path):
    words = ("bundle", "--targets", "deb", "--manifest", write_manifest(), "--no-lint")
    assert typed(*words, "--output", tmp_path / "o").returncode == 0
    done = typed("bundle", "verify", tmp_path / "o")
    assert (done.returncode, done.stdout.startswith("2 files, as in SHA256SUMS")) == (0, True)
    shown = json.loads(typed("bundle", "verify", tmp_path / "o", "--json").stdout)
    files = ["hello_1.2.3_amd64.deb", "provenance.json"]
    apps = [{"identifier": "org.example.Hello", "version": "1.2.3"}]
    assert shown == {"files": files, "signed": False, "apps": apps, "unlisted": []}


def test_what_lies_beside_a_verified_folder_is_named(write_manifest: WriteManifest, tmp_path: Path):
    words = ("bundle", "--targets", "deb", "--manifest", write_manifest(), "--no-lint")
    assert typed(*words, "--output", tmp_path / "o").returncode == 0
    (tmp_path / "o" / "setup.exe").write_bytes(b"MZ")
    done = typed("bundle", "verify", tmp_path / "o")
    assert (done.returncode, "not looked at: 'setup.exe'" in done.stderr) == (0, True)


def test_a_signed_folder_is_verified_by_its_key_and_no_other(
    write_manifest: WriteManifest, tmp_path: Path
):
    (tmp_path / "own.key").write_bytes(OWN.locked(None).reveal())
    manifest = write_manifest(signing={"minisign": {"key": {"file": "own.key"}}})
    typed("bundle", "--targets", "tar", "--manifest", manifest, "--output", tmp_path / "o")
    words = ("bundle", "verify", tmp_path / "o", "--public-key")
    done = typed(*words, OWN.public.line)
    said = "3 files of org.example.Hello 1.2.3, as signed\n"
    assert (done.returncode, done.stdout) == (0, said)
    assert typed(*words, SecretKey.generate().public.line).returncode != 0


def test_a_package_is_verified_where_it_was_copied_to(
    write_manifest: WriteManifest, tmp_path: Path
):
    (tmp_path / "own.key").write_bytes(OWN.locked(None).reveal())
    manifest = write_manifest(signing={"minisign": {"key": {"file": "own.key"}}})
    typed(
        "bundle",
        "--targets",
        "tar,deb",
        "--manifest",
        manifest,
        "--no-lint",
        "--output",
        tmp_path / "o",
    )
    name = "hello_1.2.3_amd64.deb"
    (tmp_path / "alone").mkdir()
    for one in (name, f"{name}.minisig", "provenance.intoto.jsonl"):
        (tmp_path / "o" / one).rename(tmp_path / "alone" / one)
    words = ("bundle", "verify", tmp_path / "alone" / name, "--public-key", OWN.public.line)
    done = typed(*words)
    assert (done.returncode, done.stdout) == (0, "1 file of org.example.Hello 1.2.3, as signed\n")
    (tmp_path / "alone" / name).write_bytes(b"")
    assert typed(*words).returncode == 4


def test_a_changed_package_exits_with_four(write_manifest: WriteManifest, tmp_path: Path):
    words = ("bundle", "--targets", "deb", "--manifest", write_manifest(), "--no-lint")
    typed(*words, "--output", tmp_path / "o")
    (tmp_path / "o" / "hello_1.2.3_amd64.deb").write_bytes(b"")
    done = typed("bundle", "verify", tmp_path / "o")
    assert (done.returncode, "error[M0545]" in done.stderr) == (4, True)


def test_a_format_of_another_system_is_wrong_usage(write_manifest: WriteManifest, tmp_path: Path):
    manifest = write_manifest(target="x86_64-windows-msvc")
    done = typed("bundle", "--targets", "deb", "--manifest", manifest)
    assert (done.returncode, "error[M0444]" in done.stderr) == (2, True)


@pytest.mark.parametrize("words", [[], ["bundle"], ["ledger"], ["signer"]], ids=" ".join)
def test_no_help_is_cut_off(words: list[str]):
    shown = CliRunner().invoke(group, [*words, "--help"], terminal_width=80).stdout
    assert "Commands:" in shown
    cut = [line for line in shown.splitlines() if line.endswith("...")]
    assert [line for line in cut if not line.startswith("Usage: ")] == []


def test_offline_names_what_is_not_kept(make_windows_manifest: Callable[..., Manifest]):
    install = {"mode": "offline_installer", "sha256": "0" * 64}
    manifest = make_windows_manifest(webview_install=install)
    words = ("bundle", "--manifest", manifest.path, "--targets", "msi", "--offline")
    done = typed(*words)
    assert done.returncode == 1
    assert "M0493" in done.stderr
    assert "go.microsoft.com/fwlink/ is not kept here" in done.stderr
    assert not (manifest.path.parent / "bundle").exists()


def test_offline_is_enough_where_nothing_is_fetched(make_windows_manifest: Callable[..., Manifest]):
    manifest = make_windows_manifest()
    done = typed("bundle", "--manifest", manifest.path, "--targets", "msi", "--offline")
    assert done.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals and pipes with a name")
def test_ctrl_c_says_so_and_exits_like_one(tmp_path: Path):
    os.mkfifo(tmp_path / "bundle-manifest.json")
    words = ("bundle", "--manifest", str(tmp_path / "bundle-manifest.json"))
    command = [sys.executable, "-m", "millennium_bundler", *words]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    with (tmp_path / "bundle-manifest.json").open("w"):  # once it is open, it is being read
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=30)[1]
    assert (process.returncode, said.split()[-1]) == (130, "stopped")


def test_a_word_that_is_no_command_is_a_usage_error():
    done = typed("bundel")
    assert (done.returncode, "No such command 'bundel'" in done.stderr) == (2, True)
