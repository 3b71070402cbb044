"""The commands `signer` and `sign`, typed as a user types them."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from millennium_bundler.sign.minisign import parse_public_key
from millennium_bundler.signer_cli import sign, signer

PASSWORD = "sesame-4711-marker"


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch):
    for name in [name for name in os.environ if name.startswith(("MILLENNIUM_", "TAURI_"))]:
        monkeypatch.delenv(name)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs `signer` in a folder of its own, with a password unless another is given."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1735689600")

    def call(
        *words: str, password: str | None = PASSWORD, typed: str = "", **variables: str
    ) -> Result:
        given = {"MILLENNIUM_KEY_PASSWORD": password, **variables}
        return CliRunner().invoke(signer, list(words), env=given, input=typed)

    return call


@pytest.fixture
def made(run: Callable[..., Result], tmp_path: Path) -> Path:
    """A key pair, and a file to sign."""
    assert run("generate", "-w", "app.key").exit_code == 0
    (tmp_path / "a.txt").write_text("released")
    return tmp_path


def test_a_pair_of_keys_is_made(made: Path):
    assert sorted(path.name for path in made.iterdir()) == ["a.txt", "app.key", "app.key.pub"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs the modes of POSIX")
def test_only_its_owner_reads_the_secret_key(made: Path):
    modes = [stat.S_IMODE((made / name).stat().st_mode) for name in ("app.key", "app.key.pub")]
    assert modes == [0o600, 0o644]


def test_the_secret_key_is_not_printed(run: Callable[..., Result], tmp_path: Path):
    done = run("generate", "-w", "app.key")
    assert (tmp_path / "app.key.pub").read_text() in done.output
    assert (tmp_path / "app.key").read_text() not in done.output
    assert PASSWORD not in done.output


def test_keys_are_not_overwritten(run: Callable[..., Result], made: Path):
    before = (made / "app.key").read_bytes()
    done = run("generate", "-w", "app.key")
    assert (done.exit_code, "error[M0518]" in done.output) == (1, True)
    assert (made / "app.key").read_bytes() == before


def test_keys_that_appear_meanwhile_are_not_overwritten(
    run: Callable[..., Result], made: Path, monkeypatch: pytest.MonkeyPatch
):
    before = (made / "app.key").read_bytes()
    monkeypatch.setattr("os.path.lexists", lambda _path: False)
    done = run("generate", "-w", "app.key")
    assert (done.exit_code, "error[M0518]" in done.output) == (1, True)
    assert (made / "app.key").read_bytes() == before


def test_a_public_key_alone_is_not_overwritten_either(run: Callable[..., Result], tmp_path: Path):
    (tmp_path / "app.key.pub").write_text("mine")
    assert run("generate", "-w", "app.key").exit_code == 1
    assert (tmp_path / "app.key.pub").read_text() == "mine"


def test_keys_are_overwritten_when_that_is_wanted(run: Callable[..., Result], made: Path):
    before = (made / "app.key").read_bytes()
    assert run("generate", "-w", "app.key", "--force").exit_code == 0
    assert (made / "app.key").read_bytes() != before


def test_a_place_that_cannot_be_written_is_said(run: Callable[..., Result]):
    done = run("generate", "-w", "none/app.key")
    assert (done.exit_code, "cannot be written" in done.output) == (1, True)


def test_nobody_to_ask_for_a_password_is_said(run: Callable[..., Result]):
    done = run("generate", "-w", "app.key", password=None)
    assert (done.exit_code, "error[M0512]" in done.output) == (1, True)


def test_a_key_without_a_password_must_be_asked_for(run: Callable[..., Result], tmp_path: Path):
    done = run("generate", "-w", "app.key", "--no-password", "--plain", password=None)
    assert done.exit_code == 0
    assert "app.key: keep it: without it no update can be made\n" in done.output
    assert (tmp_path / "app.key").read_text().startswith("untrusted comment: ")


def test_a_file_is_signed_and_verified(run: Callable[..., Result], made: Path):
    assert run("sign", "a.txt", "-f", "app.key").output == "a.txt.sig\n"
    done = run("verify", "a.txt", "-p", "app.key.pub")
    assert (done.exit_code, done.output) == (0, "timestamp:1735689600\tfile:a.txt\n")


@pytest.mark.parametrize("plain", [[], ["--plain"]], ids=["tauri", "minisign"])
def test_a_file_under_another_name_is_not_the_one_that_was_signed(
    run: Callable[..., Result], made: Path, plain: list[str]
):
    ending = "minisig" if plain else "sig"
    run("sign", "-f", "app.key", "a.txt", *plain)
    (made / "a.txt").rename(made / "b.txt")
    (made / f"a.txt.{ending}").rename(made / f"b.txt.{ending}")
    done = run("verify", "b.txt", "-p", "app.key.pub")
    assert (done.exit_code, "was made for 'a.txt'" in done.output) == (4, True)
    assert run("verify", "b.txt", "-p", "app.key.pub", "--name", "a.txt").exit_code == 0


def test_a_comment_of_ones_own_need_not_name_the_file(run: Callable[..., Result], made: Path):
    run("sign", "-f", "app.key", "a.txt", "--comment", "as built by Ada: at noon")
    done = run("verify", "a.txt", "-p", "app.key.pub")
    assert (done.exit_code, done.stdout) == (0, "as built by Ada: at noon\n")


def test_the_key_comes_from_a_variable(run: Callable[..., Result], made: Path):
    key = {"MILLENNIUM_PRIVATE_KEY": (made / "app.key").read_text()}
    assert run("sign", "a.txt", **key).exit_code == 0


def test_the_key_comes_from_a_variable_of_tauri(run: Callable[..., Result], made: Path):
    names = {
        "TAURI_SIGNING_PRIVATE_KEY": str(made / "app.key"),
        "TAURI_SIGNING_PRIVATE_KEY_PASSWORD": PASSWORD,
    }
    assert run("sign", "a.txt", password=None, **names).exit_code == 0


def test_the_same_file_is_signed_the_same(run: Callable[..., Result], made: Path):
    run("sign", "a.txt", "-f", "app.key")
    first = (made / "a.txt.sig").read_bytes()
    run("sign", "a.txt", "-f", "app.key")
    assert (made / "a.txt.sig").read_bytes() == first


def test_a_signature_of_minisigns_form_is_found(run: Callable[..., Result], made: Path):
    assert run("sign", "a.txt", "-f", "app.key", "--plain", "--comment", "mine").exit_code == 0
    public = (made / "app.key.pub").read_text()
    assert run("verify", "a.txt", "-p", public).output == "mine\n"


def test_a_signature_is_named(run: Callable[..., Result], made: Path):
    run("sign", "a.txt", "-f", "app.key")
    (made / "a.txt.sig").rename(made / "elsewhere")
    assert run("verify", "a.txt", "-p", "app.key.pub", "-x", "elsewhere").exit_code == 0


def test_the_result_is_told_to_programs(run: Callable[..., Result], made: Path):
    [one] = json.loads(run("sign", "a.txt", "-f", "app.key", "--json").output)["signed"]
    assert (one["file"], one["signature"], len(one["key_id"])) == ("a.txt", "a.txt.sig", 16)


def test_an_altered_file_is_an_error_of_its_own(run: Callable[..., Result], made: Path):
    run("sign", "a.txt", "-f", "app.key")
    (made / "a.txt").write_text("altered")
    done = run("verify", "a.txt", "-p", "app.key.pub")
    assert (done.exit_code, "error[M0521]" in done.output) == (4, True)


def test_no_signature_is_an_error(run: Callable[..., Result], made: Path):
    done = run("verify", "a.txt", "-p", "app.key.pub")
    assert (done.exit_code, "no signature beside" in done.output) == (1, True)


@pytest.mark.parametrize("option", [[], ["--plain"]], ids=["tauri", "plain"])
def test_a_public_key_is_printed_in_either_form(
    run: Callable[..., Result], made: Path, option: list[str]
):
    printed = run("public", "app.key.pub", *option).output
    assert parse_public_key(printed) == parse_public_key((made / "app.key.pub").read_text())
    assert printed.startswith("untrusted comment") is (option == ["--plain"])


@pytest.mark.parametrize("public", ["nonsense", "x" * 5000], ids=["short", "long"])
def test_what_is_no_public_key_is_an_error(run: Callable[..., Result], made: Path, public: str):
    run("sign", "a.txt", "-f", "app.key")
    done = run("verify", "a.txt", "-p", public)
    assert (done.exit_code, "error[M0519]" in done.output) == (1, True)


def test_a_missing_key_is_an_error(run: Callable[..., Result], made: Path):
    done = run("sign", "a.txt")
    assert (done.exit_code, "MILLENNIUM_PRIVATE_KEY" in done.output) == (1, True)


def test_a_wrong_password_is_an_error(run: Callable[..., Result], made: Path):
    done = run("sign", "a.txt", "-f", "app.key", password="another-password")
    assert (done.exit_code, "error[M0512]" in done.output, "another" in done.output) == (
        1,
        True,
        False,
    )


def test_without_a_terminal_nobody_is_asked_for_the_password(
    run: Callable[..., Result], made: Path
):
    done = run("sign", "a.txt", "-f", "app.key", password=None, typed=f"{PASSWORD}\n")
    assert (done.exit_code, "no password was given" in done.output) == (1, True)


ON_A_TERMINAL = """
import os, pty, select, sys, time
pid, end = pty.fork()
if pid == 0:
    os.execv(sys.executable, [sys.executable, "-m", "millennium_bundler", "signer", *sys.argv[2:]])
seen, answers = b"", sys.argv[1].split(",")
while True:
    try:
        part = os.read(end, 1000)
    except OSError:
        break
    if not part:
        break
    seen += part
    if seen.rstrip().endswith(b":") and answers:
        time.sleep(0.2)
        os.write(end, answers.pop(0).encode() + b"\\n")
        seen += b"\\n"
sys.stdout.buffer.write(seen)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs the terminals of POSIX")
def test_on_a_terminal_the_password_is_asked_for_and_not_shown(tmp_path: Path):
    def typed(answers: str, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", ON_A_TERMINAL, answers, *words]
        return subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
        )

    (tmp_path / "a.txt").write_text("released")
    made = typed(f"{PASSWORD},{PASSWORD}", "generate", "-w", "app.key")
    signed = typed(PASSWORD, "sign", "a.txt", "-f", "app.key")
    refused = typed("another", "sign", "a.txt", "-f", "app.key")
    assert (made.returncode, signed.returncode, refused.returncode) == (0, 0, 1)
    assert PASSWORD not in made.stdout + signed.stdout


def test_nobody_configured_is_an_error(made: Path):
    done = CliRunner().invoke(sign, ["a.txt"])
    assert (done.exit_code, "nobody is configured" in done.output) == (1, True)


def test_sign_tells_programs_what_it_did(made: Path):
    key = {"MILLENNIUM_PRIVATE_KEY": "app.key", "MILLENNIUM_KEY_PASSWORD": PASSWORD}
    done = CliRunner().invoke(sign, ["a.txt", "--json"], env=key)
    expected = {"how": "minisign", "file": "a.txt", "target": "a.txt.minisig"}
    assert json.loads(done.output) == {"signed": True, "signatures": [expected]}
    assert (made / "a.txt.minisig").exists()
