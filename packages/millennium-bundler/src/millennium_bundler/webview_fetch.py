"""Fetching what an installer carries: one file, known by its SHA-256 before it is asked for.

1. Nothing is fetched without a digest in the settings: Microsoft's links give another file every few weeks,
   and what a link gives today is nobody's promise.
2. What came is kept in a folder of this user's alone, under its digest, whole or not at all.
3. A kept file is digested at each use; one that differs is removed and fetched anew.
4. Only HTTP and HTTPS, redirects too; a limit of bytes, one of seconds for each answer and one for all.
5. Without the network, a file that is kept is as good as any; one that is not is named in the error.

Proxies are those of the environment (`https_proxy`, `no_proxy` …), as `urllib` has it.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import secrets
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from millennium_bundler.errors import FormatError

MAX_BYTES = 1024 * 1024 * 1024
_ANSWER_TIMEOUT_S = 60.0
_WHOLE_TIMEOUT_S = 3600.0
_PART_BYTES = 1024 * 1024
_SCHEMES = ("http", "https")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One file that may be fetched.

    Attributes:
        url: Where it is.
        sha256: What it is.
        max_bytes: How much of it is read at most.
        timeout_s: How long all of it may take.
    """

    url: str
    sha256: str
    max_bytes: int = MAX_BYTES
    timeout_s: float = _WHOLE_TIMEOUT_S


def cache_folder() -> Path:
    """Return the folder of this user's fetched files."""
    home = Path.home()
    if sys.platform == "win32":  # pragma: no cover on linux
        place = os.environ.get("LOCALAPPDATA") or str(home / "AppData" / "Local")
    elif sys.platform == "darwin":  # pragma: no cover on linux
        place = str(home / "Library" / "Caches")
    else:
        place = os.environ.get("XDG_CACHE_HOME") or str(home / ".cache")
    return Path(place) / "millennium-bundler"


def is_kept(pin: Pin) -> bool:
    """Tell whether a file can be had without the network."""
    return _kept(pin) is not None


def fetch(pin: Pin, *, may_fetch: bool = True) -> bytes:
    """Return a file, from the folder of kept ones or from where it is.

    Raises:
        FormatError: It is not kept and the network is not to be used; nobody answers, the answer is a refusal,
            too long or too slow; or it is another file than the one that is wanted.
    """
    kept = _kept(pin)
    if kept is not None:
        return kept
    if not may_fetch:
        raise offline_error(pin)
    data = _download(pin)
    found = hashlib.sha256(data).hexdigest()
    if found != pin.sha256:
        message = f"{_shown(pin.url)} is not the file that is pinned: its SHA-256 is {found}"
        help_line = "see who changed it; when it is a new version that you trust, pin that digest"
        raise FormatError(message, code="webview.changed", help=help_line)
    _keep(pin, data)
    return data


def offline_error(pin: Pin) -> FormatError:
    """Return the error that names what is missing without the network."""
    message = f"{_shown(pin.url)} is not kept here, and --offline forbids to fetch it"
    place = cache_folder() / pin.sha256
    help_line = f"bundle once without --offline, or put the file at {place}"
    return FormatError(message, code="webview.offline", help=help_line)


def _kept(pin: Pin) -> bytes | None:
    path = cache_folder() / pin.sha256
    try:
        data = path.read_bytes()
    except OSError:
        return None
    if hashlib.sha256(data).hexdigest() == pin.sha256:
        return data
    path.unlink(missing_ok=True)  # (3)
    return None


def _keep(pin: Pin, data: bytes) -> None:
    """Keep a file; a full or read-only disk costs the next run its time, and nothing else."""
    folder = cache_folder()
    partial = folder / f".{secrets.token_hex(8)}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        partial.write_bytes(data)
        partial.replace(folder / pin.sha256)  # (2)
    except OSError:
        with suppress(OSError):
            partial.unlink()


def _download(pin: Pin) -> bytes:
    _check_scheme(pin.url)
    opener = urllib.request.build_opener(_WebOnly())
    try:
        with opener.open(pin.url, timeout=_ANSWER_TIMEOUT_S) as answer:
            return _read(answer, pin)
    except urllib.error.HTTPError as exc:
        exc.close()
        raise _failed(pin.url, f"answers {exc.code}") from exc
    except (OSError, http.client.HTTPException) as exc:
        reason = getattr(exc, "reason", None) or exc
        raise _failed(pin.url, f"cannot be fetched: {reason}") from exc


def _read(answer: IO[bytes], pin: Pin) -> bytes:
    until = time.monotonic() + pin.timeout_s
    parts: list[bytes] = []
    size = 0
    while part := answer.read(_PART_BYTES):
        size += len(part)
        if size > pin.max_bytes:
            raise _failed(pin.url, f"is longer than {pin.max_bytes} bytes")
        if time.monotonic() > until:
            raise _failed(pin.url, f"takes longer than {pin.timeout_s:.0f} s")
        parts.append(part)
    return b"".join(parts)


class _WebOnly(urllib.request.HTTPRedirectHandler):
    """Follows redirects within the web alone."""

    def redirect_request(  # noqa: PLR0913 - as the standard library calls it
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if urlsplit(newurl).scheme not in _SCHEMES:
            fp.close()
        _check_scheme(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _check_scheme(url: str) -> None:
    if urlsplit(url).scheme not in _SCHEMES:
        raise _failed(url, "is no address of the web")


def _failed(url: str, why: str) -> FormatError:
    help_line = "see whether the network and its proxy answer, or name a file: `windows.webview_install.path`"
    return FormatError(f"{_shown(url)} {why}", code="webview.fetch", help=help_line)


def _shown(url: str) -> str:
    """Return an address without what may be a password: what stands before @, and the query."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"
