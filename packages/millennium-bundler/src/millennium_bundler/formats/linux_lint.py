"""What outside tools say of what no package manager checks: archives with an installer, and Flatpak bundles.

The archive is unpacked by tar(1), its list of checksums checked by sha256sum(1), its script read by a shell and, if
it is there, by ShellCheck. What the desktop shall see is read by the validators of freedesktop.org.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from millennium_bundler.formats.interface import Finding, Severity
from millennium_bundler.formats.lint_tool import run_lint_tool

_MAX_MESSAGE_CHARS = 500
# dash takes the language of POSIX and no more; sh is bash on some systems, which takes more.
_SHELLS = ("dash", "sh")
_SHELLCHECK = ("shellcheck", "--shell=sh", "--format=gcc")
# FILE:LINE:COLUMN: note|warning|error: TEXT [CODE]
_SHELLCHECK_LINE = re.compile(r".*?:(\d+):\d+: (note|warning|error): (.*) \[(SC\d+)\]")
_DESKTOP = "desktop-file-validate"
_DESKTOP_LINE = re.compile(r".*?: (error|warning): (.*)")
_APPSTREAM = ("appstreamcli", "validate", "--no-net", "--no-color")
# E: ID:LINE: TAG
_APPSTREAM_LINE = re.compile(r"([EW]): (\S+): (\S+)")


def lint_archive(path: Path, *, script: str, sums: str) -> tuple[Finding, ...] | None:
    """Let tar unpack an archive of one folder, and look at what is in there; None where there is no tar.

    Args:
        path: The archive.
        script: Name of the installer in the folder.
        sums: Name of the list of checksums in it.
    """
    if shutil.which("tar") is None:
        return None
    with TemporaryDirectory(prefix="millennium-tar-") as name:
        folder = Path(name)
        words = ("tar", "--extract", "--gzip", "--no-same-owner", "--file", str(path))
        done = run_lint_tool(words, home=folder)
        found = list(folder.iterdir())
        if done.returncode or done.stderr or len(found) != 1:
            said = done.stderr or f"exit code {done.returncode}, {len(found)} folders"
            return (_finding("tar", "error", "unreadable", said),)
        return (
            *_sums(found[0], sums),
            *_script(found[0], script),
            *(lint_desktop(found[0] / "usr" / "share") or ()),
        )


def lint_flatpak(path: Path) -> tuple[Finding, ...] | None:
    """Let ostree check out a bundle, and look at what it exports; None where the tools are missing."""
    if shutil.which("flatpak") is None or shutil.which("ostree") is None:
        return None
    with TemporaryDirectory(prefix="millennium-flatpak-") as name:
        folder = Path(name)
        for words in (
            ("ostree", "--repo=repo", "init", "--mode=bare-user-only"),
            ("flatpak", "build-import-bundle", "--no-update-summary", "repo", str(path)),
            ("ostree", "--repo=repo", "fsck", "--quiet"),
        ):
            done = run_lint_tool(words, home=folder)
            if done.returncode:
                return (_finding(words[0], "error", "unreadable", done.stderr + done.stdout),)
        reference = run_lint_tool(("ostree", "--repo=repo", "refs"), home=folder).stdout.strip()
        run_lint_tool(("ostree", "--repo=repo", "checkout", "-U", reference, "out"), home=folder)
        return lint_desktop(folder / "out" / "export" / "share")


def lint_desktop(share: Path) -> tuple[Finding, ...] | None:
    """Show menu entries and AppStream's descriptions to their validators; None where both are missing."""
    if shutil.which(_DESKTOP) is None and shutil.which(_APPSTREAM[0]) is None:
        return None
    entries = sorted((share / "applications").glob("*.desktop"))
    described = sorted((share / "metainfo").glob("*.xml"))
    return (
        *(finding for path in entries for finding in _entry(path)),
        *(finding for path in described for finding in _description(path)),
    )


def _sums(folder: Path, sums: str) -> Iterator[Finding]:
    if shutil.which("sha256sum") is None:
        return
    done = run_lint_tool(("sha256sum", "--check", "--strict", "--quiet", sums), home=folder)
    if done.returncode:
        yield _finding("sha256sum", "error", "differs", done.stdout + done.stderr)


def _script(folder: Path, script: str) -> Iterator[Finding]:
    shell = next((name for name in _SHELLS if shutil.which(name)), None)
    if shell is not None:
        done = run_lint_tool((shell, "-n", script), home=folder)
        if done.returncode:
            yield _finding(shell, "error", "syntax", done.stderr)
    if shutil.which(_SHELLCHECK[0]) is not None:
        for line in run_lint_tool((*_SHELLCHECK, script), home=folder).stdout.splitlines():
            match = _SHELLCHECK_LINE.fullmatch(line)
            if match is not None and match[2] != "note":
                severity: Severity = "error" if match[2] == "error" else "warning"
                yield _finding(_SHELLCHECK[0], severity, match[4], f"line {match[1]}: {match[3]}")


def _entry(path: Path) -> Iterator[Finding]:
    if shutil.which(_DESKTOP) is None:
        return
    done = run_lint_tool((_DESKTOP, str(path)), home=path.parent)
    for line in (done.stdout + done.stderr).splitlines():
        match = _DESKTOP_LINE.fullmatch(line)
        if match is not None:
            severity: Severity = "error" if match[1] == "error" else "warning"
            yield _finding(_DESKTOP, severity, path.name, match[2])


def _description(path: Path) -> Iterator[Finding]:
    if shutil.which(_APPSTREAM[0]) is None:
        return
    for line in run_lint_tool((*_APPSTREAM, str(path)), home=path.parent).stdout.splitlines():
        match = _APPSTREAM_LINE.match(line.strip())
        if match is not None:
            severity: Severity = "error" if match[1] == "E" else "warning"
            yield _finding(_APPSTREAM[0], severity, match[3], match[2])


def _finding(tool: str, severity: Severity, tag: str, said: str) -> Finding:
    message = " ".join(said.split())[-_MAX_MESSAGE_CHARS:]
    return Finding(tool=tool, severity=severity, tag=tag, message=message)
