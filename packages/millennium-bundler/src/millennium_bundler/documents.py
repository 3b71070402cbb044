"""What a package says in `/usr/share/doc` and `/usr/share/man`: copyright, changelog, man page."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from email.utils import format_datetime

from millennium_bundler.desktop import paragraphs, summary
from millennium_bundler.settings import BundleSettings

_DEP5 = "https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/"
# Licences whose text every Debian system has; policy wants a reference instead of a copy.
_COMMON = {
    "Apache-2.0": "Apache-2.0",
    "GPL-2.0-only": "GPL-2",
    "GPL-2.0-or-later": "GPL-2",
    "GPL-3.0-only": "GPL-3",
    "GPL-3.0-or-later": "GPL-3",
    "LGPL-2.1-only": "LGPL-2.1",
    "LGPL-2.1-or-later": "LGPL-2.1",
    "LGPL-3.0-only": "LGPL-3",
    "LGPL-3.0-or-later": "LGPL-3",
    "MPL-2.0": "MPL-2.0",
    "CC0-1.0": "CC0-1.0",
}


def maintainer(settings: BundleSettings) -> str:
    """Return "Name <address>"; without an address, noreply at the identifier's own domain."""
    name = settings.publisher or settings.product_name
    clean = name.translate({ord(sign): None for sign in "<>@,"}).strip()
    domain = ".".join(reversed(settings.identifier.lower().split(".")[:2]))
    return f"{clean} <{settings.email or f'noreply@{domain}'}>"


def copyright_file(settings: BundleSettings, texts: list[str], *, date: int) -> bytes:
    """Write Debian's machine-readable copyright file.

    Args:
        settings: The manifest.
        texts: Content of its licence files.
        date: Year of the notice when the manifest has none, seconds since 1970.
    """
    year = datetime.fromtimestamp(date, UTC).year
    notice = settings.copyright or f"{year} {settings.publisher or settings.product_name}"
    notice = notice.removeprefix("Copyright").strip().removeprefix("©").strip()
    licence = _licence_name(settings)
    lines = [f"Format: {_DEP5}", f"Upstream-Name: {settings.product_name}"]
    lines += [f"Source: {settings.homepage}"] if settings.homepage else []
    body = _continued(_licence_text(settings, texts))
    lines += ["", "Files: *", f"Copyright: {notice}", f"License: {licence}", body]
    return ("\n".join(lines) + "\n").encode()


def changelog(settings: BundleSettings, *, package: str, version: str, date: int) -> bytes:
    """Write a Debian changelog with this version's entry, gzipped."""
    listed = "\n".join(
        f"  * {change}" for change in changes(settings, settings.linux.deb.changelog)
    )
    when = format_datetime(datetime.fromtimestamp(date, UTC))
    text = (
        f"{package} ({version}) unstable; urgency=medium\n\n{listed}\n\n"
        f" -- {maintainer(settings)}  {when}\n"
    )
    return compressed(text.encode())


def changes(settings: BundleSettings, written: str = "") -> list[str]:
    """Return this version's changes, one a line; where none are told, that it was released.

    Args:
        settings: The manifest.
        written: Those of one format alone, instead of the manifest's.
    """
    told = written or settings.changelog
    lines = [line.strip().removeprefix("-").removeprefix("*").strip() for line in told.splitlines()]
    return [line for line in lines if line] or [f"Release {settings.version}."]


def man_page(settings: BundleSettings, *, date: int) -> bytes:
    """Write the man page of the command, gzipped."""
    day = datetime.fromtimestamp(date, UTC).date().isoformat()
    name = settings.binary_name
    synopsis = settings.man.synopsis or (
        "[FILE]..." if settings.file_associations else "[OPTION]..."
    )
    title = _quoted(f"{settings.product_name} {settings.version}")
    lines = [
        f'.TH {_quoted(name.upper())} 1 "{day}" {title} "User Commands"',
        ".SH NAME",
        f"{_troff(name)} \\- {_troff(summary(settings))}",
        ".SH SYNOPSIS",
        f".B {_troff(name)}",
        _troff(synopsis),
        ".SH DESCRIPTION",
        "\n.PP\n".join(_troff(part) for part in paragraphs(settings)),
        *(_options(settings)),
    ]
    lines += [".SH SEE ALSO", _troff(settings.homepage)] if settings.homepage else []
    return compressed(("\n".join(lines) + "\n").encode())


def compressed(data: bytes) -> bytes:
    """Return data gzipped the same way every time: no name, no time."""
    return gzip.compress(data, compresslevel=9, mtime=0)


def _options(settings: BundleSettings) -> list[str]:
    if not settings.man.options:
        return []
    lines = [".SH OPTIONS"]
    for option in settings.man.options:
        lines += [".TP", f".B {_troff(option.flag)}", _troff(" ".join(option.about.split()))]
    return lines


def _troff(text: str) -> str:
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped[:1] in {".", "'"} else escaped


def _quoted(text: str) -> str:
    return '"' + _troff(text).replace('"', "\\(dq") + '"'


def _licence_name(settings: BundleSettings) -> str:
    name = settings.license or "not-specified"
    return name.replace(" OR ", " or ").replace(" AND ", " and ").replace("(", "").replace(")", "")


def _licence_text(settings: BundleSettings, texts: list[str]) -> str:
    if texts:
        return "\n\n".join(text.strip("\n") for text in texts)
    names = settings.license.replace("(", " ").replace(")", " ").split()
    common = [_COMMON[name] for name in names if name in _COMMON]
    if common:
        files = ", ".join(f"/usr/share/common-licenses/{name}" for name in common)
        return f"On Debian systems the text of this licence is in {files}."
    if settings.license:
        return f"See https://spdx.org/licenses/ for the text of {settings.license}."
    return "The publisher has named no licence; all rights are reserved."


def _continued(text: str) -> str:
    return "\n".join(f" {line.rstrip()}" if line.strip() else " ." for line in text.splitlines())
