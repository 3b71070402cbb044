"""What outside tools say of applications and disk images: Apple's own on a Mac, 7-Zip elsewhere."""

from __future__ import annotations

import shutil
from pathlib import Path

from millennium_bundler.formats.interface import Finding
from millennium_bundler.formats.lint_tool import run_lint_tool

_MAX_MESSAGE_CHARS = 500
_CODESIGN = ("codesign", "--verify", "--deep", "--strict")
_PLUTIL = ("plutil", "-lint")
_IMAGE = (("hdiutil", "verify"), ("7z", "t", "-bd"))


def lint_app(path: Path) -> tuple[Finding, ...] | None:
    """Ask codesign about the application and plutil about its Info.plist; None when both are missing."""
    return _asked([(*_CODESIGN, str(path)), (*_PLUTIL, str(path / "Contents" / "Info.plist"))])


def lint_image(path: Path) -> tuple[Finding, ...] | None:
    """Ask hdiutil, or 7z, about a disk image; None when both are missing."""
    first = next((words for words in _IMAGE if shutil.which(words[0])), None)
    return None if first is None else _asked([(*first, str(path))])


def _asked(calls: list[tuple[str, ...]]) -> tuple[Finding, ...] | None:
    there = [words for words in calls if shutil.which(words[0])]
    if not there:
        return None
    return tuple(finding for words in there for finding in _ask(words))


def _ask(words: tuple[str, ...]) -> tuple[Finding, ...]:
    done = run_lint_tool(words)
    if done.returncode == 0:
        return ()
    said = " ".join((done.stderr + done.stdout).split())[-_MAX_MESSAGE_CHARS:]
    return (Finding(tool=words[0], severity="error", tag=words[1].lstrip("-"), message=said),)
