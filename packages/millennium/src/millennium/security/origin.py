"""The origin of a document: three values that are compared, never a string prefix.

1. Control characters, spaces, backslashes and non-ASCII letters are refused before parsing: what
   urllib drops or rewrites in silence, a browser may read in another way.
2. User names and passwords are refused: nobody's origin has one.
3. The host is canonical: lower case, no trailing dot, no escapes, an IPv4 address in its one usual
   form. Another spelling is refused, not corrected.
4. What browsers call opaque (``about:``, ``data:``, ``blob:``, ``file:``) is None.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

MAX_URL_CHARS = 65536
MAX_HOST_CHARS = 253
_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_OPAQUE = frozenset({"about", "blob", "data", "file", "filesystem", "javascript"})
_PLAIN = re.compile(r"[\x21-\x5b\x5d-\x7e]+")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?")
_NUMERIC = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port of a document that is somebody's.

    Attributes:
        scheme: Lower case ("millennium").
        host: Canonical ("localhost", "127.0.0.1", "[::1]").
        port: None for a scheme without ports; the scheme's own port when none is written.
    """

    scheme: str
    host: str
    port: int | None = None

    @classmethod
    def parse(cls, url: str) -> Origin | None:
        """Return the origin of `url`; None if it is opaque or not to be trusted at all.

        Source: https://url.spec.whatwg.org/#concept-url-origin, made strict.
        """
        if len(url) > MAX_URL_CHARS or not _PLAIN.fullmatch(url) or not _SCHEME.match(url):
            return None
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            return None
        if parts.scheme in _OPAQUE or "@" in parts.netloc:
            return None
        host = _canonical_host(parts)
        if host is None:
            return None
        return cls(
            parts.scheme, host, port if port is not None else _DEFAULT_PORTS.get(parts.scheme)
        )

    def __str__(self) -> str:
        """Return the origin as browsers write it, without a default port."""
        if self.port is None or _DEFAULT_PORTS.get(self.scheme) == self.port:
            return f"{self.scheme}://{self.host}"
        return f"{self.scheme}://{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether the host is this very machine, whatever a name server says."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False


APP_ORIGIN = Origin("millennium", "localhost")
"""Where the app's own page lives."""

APP_ORIGIN_WEBVIEW2 = Origin("https", "millennium.localhost", 443)
"""The same on WebView2, which gives custom schemes no origin."""

OWN_ORIGINS = frozenset({APP_ORIGIN, APP_ORIGIN_WEBVIEW2})
"""Where our own pages live, on any engine."""


def isolated_origin(label: str) -> Origin | None:
    """Return the origin of a window with ``isolated-origin``; None if its label is no host name."""
    host = f"{label}.localhost"
    origin = Origin.parse(f"{APP_ORIGIN.scheme}://{host}")
    return origin if origin is not None and origin.host == host else None


def _canonical_host(parts: SplitResult) -> str | None:
    if parts.netloc.startswith("["):
        return _canonical_ipv6(parts.netloc)
    host = parts.netloc.partition(":")[0]
    if len(host) > MAX_HOST_CHARS or not _HOST.fullmatch(host):
        return None
    if not _NUMERIC.fullmatch(host):
        return host
    try:
        return host if str(ipaddress.IPv4Address(host)) == host else None
    except ValueError:
        return None


def _canonical_ipv6(netloc: str) -> str | None:
    written, _, rest = netloc[1:].partition("]")
    if "%" in written or (rest and not rest.startswith(":")):
        return None
    try:
        address = ipaddress.IPv6Address(written)
    except ValueError:
        return None
    if address.ipv4_mapped is not None:  # an IPv4 address in a coat, which versions write unlike
        return None
    return f"[{written}]" if str(address) == written else None
