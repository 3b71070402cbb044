"""`millennium-bundler ledger`, typed as a user types it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from millennium_bundler.ledger_cli import ledger
from millennium_bundler.sign.minisign_key import SecretKey

WriteManifest = Callable[..., Path]


class User:
    """Types commands beside a ledger and two released files."""

    def __init__(self, folder: Path, manifest: Path) -> None:
        key = SecretKey.generate()
        self.folder, self.manifest = folder, manifest
        self.variables = {
            "MILLENNIUM_PRIVATE_KEY": key.locked(None).reveal().decode(),
            "SOURCE_DATE_EPOCH": "1735689600",
        }
        self.key = key.public.line
        self.file = folder / "hello.deb"
        self.file.write_bytes(b"hello")

    def type(self, *words: str | Path) -> Result:
        return CliRunner().invoke(ledger, [str(word) for word in words], env=self.variables)

    def append(self, *files: Path) -> Result:
        folder = ("--ledger", self.folder / "ledger")
        return self.type("append", *files, *folder, "--manifest", self.manifest)

    def prove(self) -> Result:
        return self.type("prove", self.file, "--ledger", self.folder / "ledger", "-p", self.key)


@pytest.fixture
def user(tmp_path: Path, write_manifest: WriteManifest) -> User:
    """Somebody with a key."""
    return User(tmp_path, write_manifest())


def test_a_release_is_entered_proved_and_verified(user: User):
    assert user.append(user.file).output.startswith("1 entry  ")
    assert user.prove().output.strip() == f"{user.file}.proof.json"
    done = user.type("verify", user.file, "-p", user.key)
    assert done.output == (
        "hello.deb: version 1.2.3 of org.example.Hello, as released;"
        " in the ledger org.example.Hello\n"
    )
    as_json = user.type("verify", user.file, "-p", user.key, "--json")
    assert json.loads(as_json.output)["version"] == "1.2.3"


def test_a_changed_file_exits_with_four(user: User):
    user.append(user.file)
    user.prove()
    user.file.write_bytes(b"hellO")
    done = user.type("verify", user.file, "-p", user.key)
    assert (done.exit_code, "error[M0531]" in done.stderr) == (4, True)


def test_growth_is_checked_and_its_proof_verified(user: User, tmp_path: Path):
    user.append(user.file)
    old = tmp_path / "kept.json"
    old.write_bytes((tmp_path / "ledger/head.json").read_bytes())
    other = tmp_path / "hello.rpm"
    other.write_bytes(b"rpm")
    user.append(other)
    proof = tmp_path / "growth.json"
    words = ("check", tmp_path / "ledger", "-p", user.key, "--since", old, "-o", proof, "--json")
    assert json.loads(user.type(*words).output)["size"] == 2
    done = user.type("verify-growth", proof, "-p", user.key)
    assert done.output == "grew from 1 to 2 entries by additions alone\n"


def test_a_ledger_is_checked_without_an_older_head(user: User, tmp_path: Path):
    user.append(user.file)
    key = tmp_path / "key.pub"
    key.write_text(user.key)
    assert user.type("check", tmp_path / "ledger", "-p", key).exit_code == 0


def test_a_ledger_that_was_changed_exits_with_four(user: User, tmp_path: Path):
    user.append(user.file)
    path = tmp_path / "ledger/entries.jsonl"
    path.write_text(path.read_text().replace("hello.deb", "other.deb"))
    assert user.type("check", tmp_path / "ledger", "-p", user.key).exit_code == 4


def test_an_older_head_without_a_file_for_its_proof(user: User, tmp_path: Path):
    user.append(user.file)
    words = ("check", tmp_path / "ledger", "-p", user.key, "--since", tmp_path / "ledger/head.json")
    assert user.type(*words).output.startswith("1 entry  ")


def test_without_a_key_nothing_is_entered(user: User, tmp_path: Path):
    del user.variables["MILLENNIUM_PRIVATE_KEY"]
    done = user.append(user.file)
    assert (done.exit_code, "MILLENNIUM_PRIVATE_KEY" in done.stderr) == (1, True)
    assert not (tmp_path / "ledger").exists()


def test_a_proof_that_is_not_there_is_named(user: User):
    done = user.type("verify", user.file, "-p", user.key)
    assert (done.exit_code, "error[M0532]" in done.stderr) == (1, True)


def test_a_proof_that_cannot_be_written_is_named(user: User, tmp_path: Path):
    user.append(user.file)
    (tmp_path / "hello.deb.proof.json").mkdir()
    done = user.prove()
    assert (done.exit_code, "error[M0533]" in done.stderr) == (1, True)


def test_a_key_that_is_none_is_named(user: User, tmp_path: Path):
    done = user.type("check", tmp_path, "-p", "x" * 5000)
    assert done.exit_code == 1
    assert "error[" in done.stderr


def test_an_older_version_under_the_newer_ones_name_exits_with_four(user: User):
    user.append(user.file)
    user.prove()
    newer = user.file.with_name("hello-2.deb")
    for ending in ("", ".proof.json"):
        user.file.with_name(f"hello.deb{ending}").rename(f"{newer}{ending}")
    done = user.type("verify", newer, "-p", user.key)
    assert (done.exit_code, "was released as hello.deb, 1.2.3" in done.stderr) == (4, True)
    assert user.type("verify", newer, "-p", user.key, "--name", "hello.deb").exit_code == 0


def test_a_file_of_two_names_is_proved_under_each(user: User):
    other = user.file.with_name("hello-latest.deb")
    other.write_bytes(user.file.read_bytes())
    user.append(user.file, other)
    user.prove()
    assert user.type("verify", user.file, "-p", user.key).exit_code == 0


def test_a_proof_of_another_ledger_exits_with_four(user: User):
    user.append(user.file)
    user.prove()
    words = ("verify", user.file, "-p", user.key, "--origin")
    assert user.type(*words, "org.example.Hello").exit_code == 0
    done = user.type(*words, "org.example.Other")
    assert (done.exit_code, "error[M0538]" in done.stderr) == (4, True)


def test_a_ledger_gets_its_name_when_it_begins(user: User, tmp_path: Path):
    first = (user.file, "--ledger", tmp_path / "ledger", "--manifest", user.manifest)
    assert user.type("append", *first, "--origin", "example.org/log").exit_code == 0
    other = tmp_path / "hello.rpm"
    other.write_bytes(b"rpm")
    assert user.append(other).output.startswith("2 entries")
    words = ("check", tmp_path / "ledger", "-p", user.key, "--origin")
    found = json.loads(user.type(*words, "example.org/log", "--json").output)
    assert (found["origin"], found["size"]) == ("example.org/log", 2)
    assert user.type(*words, "org.example.Hello").exit_code == 4


def test_where_no_ledger_is_there_is_nothing_to_check(user: User, tmp_path: Path):
    done = user.type("check", tmp_path / "none", "-p", user.key)
    assert (done.exit_code, "error[M0532]" in done.stderr) == (1, True)
