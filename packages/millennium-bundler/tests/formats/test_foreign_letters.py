"""Outside tools speak in codings of their own: what they say of a name in other letters ends no run."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from millennium_bundler.bundle import load_formats

# "Müller" as Latin 1 has it, which is no UTF-8.
SAYS = "#!/bin/sh\nprintf 'E: M\\374ller: odd-name\\n'\nprintf 'E: M\\374ller: odd-name\\n' >&2\nexit 1\n"
TOOLS = ("7z", "7zz", "lintian", "msiextract", "msiinfo", "pacman", "rpm")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
@pytest.mark.parametrize(
    ("name", "tags"),
    [
        ("arch", ["unreadable"]),
        ("deb", ["odd-name"]),
        ("msi", ["msi-tables", "msi-suminfo", "msi---list"]),
        ("nsis", ["nsis-unreadable"]),
        ("rpm", ["checksig"]),
    ],
    ids=["arch", "deb", "msi", "nsis", "rpm"],
)
def test_a_tool_that_speaks_another_coding_is_understood(
    name: str, tags: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for tool in TOOLS:
        (tmp_path / tool).write_text(SAYS, encoding="utf-8")
        (tmp_path / tool).chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", str(tmp_path))
    package = tmp_path / "package"
    package.write_bytes(b"\0" * 1024)
    [format_] = load_formats([name])
    findings = format_.lint(package)
    assert findings is not None
    assert [one.tag for one in findings] == tags
