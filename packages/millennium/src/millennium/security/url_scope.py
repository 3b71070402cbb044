"""Which addresses Python may ask for on a page's behalf: patterns, compared part by part.

1. A URL is parsed once, strictly: what two programs could read in two ways (control characters,
   backslashes, user names, other spellings of a host, ``..`` in any coat) is refused, not mended.
2. A pattern is an origin and a path: ``https://api.example.com/v1/**``. Scheme, host and port are
   equal or not; ``*.example.com`` is any host below that name, not the name itself.
3. In a path ``*`` never crosses a slash and ``/**`` at the end is the folder and all below it.
   Query and fragment are not compared.
4. Denial wins over permission, and sees more: any case, doubled slashes, what stands behind a
   semicolon, dots and spaces at a name's end, for servers differ in what they take for the same.
5. Each hop of a redirect is asked about again, and so is each address a name resolves to: this
   network and this machine are refused, unless the pattern names the host itself and the host is
   that very address, ``localhost``, or listed in `private_hosts`. Connect to the checked address, not to
   the name: between two look-ups a name may change.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from millennium.errors import BadPatternError, UrlOutOfScopeError
from millennium.security.origin import Origin

MAX_REDIRECTS = 10
MAX_URL_CHARS = 8192
MAX_STARS = 3
_SCHEMES = frozenset({"http", "https"})
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_TAIL = re.compile(r"[?#]")
_PARTS = re.compile(r"([a-z]+://[^/?#]*)(/[^?#]*)?(\?[^#]*)?(#.*)?", re.DOTALL)
_PATTERN = re.compile(r"(https?)://(\*\.)?([^/?#*]*)(/[^?#]*)")
_ESCAPE = re.compile(rb"%[0-9a-fA-F]{2}")
_ODD = re.compile(r"[\x00-\x1f\x7f/\\]")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_UNICAST = ipaddress.IPv6Network("2000::/3")
_RELAYS = ipaddress.IPv4Network("192.88.99.0/24")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedUrl:
    """An address a scope has allowed.

    Attributes:
        origin: Scheme, host and port.
        target: Path and query as they are sent.
        is_named: Whether a pattern names this very host, not a host below another name.
    """

    origin: Origin
    target: str
    is_named: bool

    def __str__(self) -> str:
        """Return the URL without its fragment."""
        return f"{self.origin}{self.target}"


class UrlScope:
    """The addresses one window may have fetched. Thread: any.

    Args:
        allow: Patterns that allow.
        deny: Patterns that deny.
        private_hosts: Hosts, word for word, whose names may lead into private networks.

    Raises:
        BadPatternError: A pattern without scheme, host or path, or with a wildcard elsewhere; or
            what is no host.
    """

    def __init__(
        self, allow: Iterable[str], deny: Iterable[str] = (), *, private_hosts: Iterable[str] = ()
    ) -> None:
        self._allow = tuple(_UrlPattern.parse(text) for text in allow)
        self._deny = tuple(_UrlPattern.parse(text, denies=True) for text in deny)
        self._private_hosts = frozenset(map(require_host, private_hosts))

    def check(self, url: str) -> CheckedUrl:
        """Return the parts of a URL to ask for.

        Raises:
            UrlOutOfScopeError: Not allowed, denied, or not a plain web address.
        """
        origin, path, query = _parse(url)
        segments = tuple(_segments(path))
        folded = tuple(name for name in map(_fold, segments) if name)
        if any(pattern.matches(origin, folded) for pattern in self._deny):  # (4)
            raise _refusal()
        found = [pattern for pattern in self._allow if pattern.matches(origin, segments)]
        if not found:
            raise _refusal()
        is_named = any(not pattern.is_below for pattern in found)
        return CheckedUrl(origin=origin, target=path + query, is_named=is_named)

    def check_redirect(self, asked: CheckedUrl, location: str, *, hops: int) -> CheckedUrl:
        """Return where the answer to `asked` may lead, after `hops` earlier hops.

        Raises:
            UrlOutOfScopeError: Too many hops; or as for `check`.
        """
        if hops >= MAX_REDIRECTS:
            raise UrlOutOfScopeError(f"more than {MAX_REDIRECTS} redirects")
        _require_plain(location)
        return self.check(_join(asked, location))

    def check_address(self, url: CheckedUrl, address: str) -> Address:
        """Return the address of `url`'s host to connect to.

        Raises:
            UrlOutOfScopeError: This machine, a private network, or no address at all.
        """
        try:
            found = ipaddress.ip_address(address)
        except ValueError as error:
            raise _refusal() from error
        if self._leads(url, found):
            return found
        raise UrlOutOfScopeError(
            "this host leads into a private network or to this machine",
            help="name the host in allowlist.http.private-hosts, if that is meant",
        )

    def _leads(self, url: CheckedUrl, address: Address) -> bool:
        host = url.origin.host
        if _is_address_or_localhost(host):
            is_itself = str(address) == host.strip("[]")
            return address.is_loopback if host == "localhost" else is_itself
        return _is_public(address) or (url.is_named and host in self._private_hosts)


def require_host(text: str) -> str:
    """Return a host of the configuration, word for word.

    Raises:
        BadPatternError: It is none, or not in its one usual spelling.
    """
    origin = Origin.parse(f"https://{text}")
    if origin is None or origin.host != text:
        raise BadPatternError(
            f"{text[:80]!r} is no host", help="write it without scheme and port: intranet.example"
        )
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class _UrlPattern:
    """One pattern: an origin, and names of a path."""

    origin: Origin
    is_below: bool
    names: tuple[re.Pattern[str], ...]
    is_open: bool

    @classmethod
    def parse(cls, text: str, *, denies: bool = False) -> _UrlPattern:
        """Return the pattern a configuration writes.

        Raises:
            BadPatternError: See `UrlScope`.
        """
        found = _PATTERN.fullmatch(text)
        origin = Origin.parse(f"{found[1]}://{found[3]}") if found else None
        if not found or origin is None or (found[2] and _is_address_or_localhost(origin.host)):
            raise BadPatternError(
                f"{text!r} is no pattern for web addresses",
                help="write scheme, host and path: https://api.example.com/v1/**",
            )
        path = found[4]
        is_open = path.endswith("/**")
        names = path.removesuffix("/**").split("/")[1:]
        if denies:
            names = [name for name in map(_fold, names) if name]
        if any(not _is_plain_name(name) for name in names):
            raise BadPatternError(
                f"the path of {text!r} could never match", help="'**' stands only at the end"
            )
        return cls(
            origin=origin,
            is_below=bool(found[2]),
            names=tuple(_compile(name) for name in names),
            is_open=is_open,
        )

    def matches(self, origin: Origin, segments: tuple[str, ...]) -> bool:
        """Whether this pattern covers a parsed URL."""
        if (origin.scheme, origin.port) != (self.origin.scheme, self.origin.port):
            return False
        host = self.origin.host
        if not (origin.host.endswith(f".{host}") if self.is_below else origin.host == host):
            return False
        if len(segments) < len(self.names) or (
            len(segments) > len(self.names) and not self.is_open
        ):
            return False
        pairs = zip(self.names, segments, strict=False)
        return all(name.fullmatch(segment) for name, segment in pairs)


def _parse(url: str) -> tuple[Origin, str, str]:
    """Return origin, path and query of a URL that can be read in one way only."""
    _require_plain(url)
    parts = _PARTS.fullmatch(url)
    origin = Origin.parse(parts[1]) if parts else None
    if not parts or origin is None or origin.scheme not in _SCHEMES:
        raise _refusal()
    return origin, parts[2] or "/", parts[3] or ""


def _join(asked: CheckedUrl, location: str) -> str:
    """Return the whole address of a redirect, as browsers do: `urljoin` drops doubled slashes."""
    if _SCHEME.match(location):
        return location
    if location.startswith("//"):
        return f"{asked.origin.scheme}:{location}"
    path, _, query = asked.target.partition("?")
    written = _TAIL.split(location, maxsplit=1)[0]
    tail = location[len(written) :]
    if not written:
        kept = "" if tail.startswith("?") or not query else f"?{query}"
        return f"{asked.origin}{path}{kept}{tail}"
    whole = written if written.startswith("/") else f"{path.rpartition('/')[0]}/{written}"
    return f"{asked.origin}{_without_dots(whole)}{tail}"


def _without_dots(path: str) -> str:
    names: list[str] = []
    written = path.split("/")[1:]
    tuple(_segments("/" + "/".join(name for name in written if name not in {".", ".."})))
    for name in written:
        if name == "..":
            del names[-1:]
        elif name != ".":
            names.append(name)
    is_folder = path.rpartition("/")[2] in {".", ".."}
    return "/" + "/".join((*names, "") if is_folder else names)


def _require_plain(text: str) -> None:
    if len(text) > MAX_URL_CHARS or not re.fullmatch(r"[\x21-\x5b\x5d-\x7e]*", text):  # (1)
        raise _refusal()


def _segments(path: str) -> Iterator[str]:
    """Yield the decoded names of a path; refuses what a server might decode into another path."""
    for written in path.split("/")[1:]:
        if "%" in _ESCAPE.sub(b"", written.encode()).decode():
            raise _refusal()
        decoded = unquote_to_bytes(written)
        try:
            name = decoded.decode()
        except UnicodeDecodeError as error:
            raise _refusal() from error
        if _ESCAPE.search(decoded) or any(map(_is_tricky, (name, _plain_letters(name)))):
            raise _refusal()
        yield name


def _is_tricky(name: str) -> bool:
    return name.partition(";")[0] in {".", ".."} or _ODD.search(name) is not None


def _plain_letters(name: str) -> str:
    """Return a name as servers see it that take wide and joined letters for the usual ones."""
    # Not at the top: a tenth of a small executable that an app without such a scope never needs.
    import unicodedata  # noqa: PLC0415

    return unicodedata.normalize("NFKC", name)


def _fold(name: str) -> str:
    """Return the one form of all names that some server takes for the same."""
    return _plain_letters(name.partition(";")[0]).casefold().rstrip(". ")


def _is_plain_name(name: str) -> bool:
    if "**" in name or name.count("*") > MAX_STARS or _is_tricky(name):
        return False
    return re.fullmatch(r"[^\x00-\x20\\%]*", name) is not None


def _compile(name: str) -> re.Pattern[str]:
    first, *rest = map(re.escape, name.split("*"))
    # Atomic: the first place where a part fits is as good as any, and no other is tried.
    middle = "".join(f"(?>.*?{part})" for part in rest[:-1])
    return re.compile(first + middle + "".join(f".*{part}" for part in rest[-1:]), re.DOTALL)


def _is_address_or_localhost(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _is_public(address: Address) -> bool:
    """Whether an address is out there, whatever it is wrapped in."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(address.packed[-4:])
        if address.scope_id:
            return False
        if inner is not None:
            return _is_public(inner)
        return address in _UNICAST and address.is_global
    return address.is_global and not address.is_multicast and address not in _RELAYS


def _refusal() -> UrlOutOfScopeError:
    return UrlOutOfScopeError(
        "this address is outside the scope", help="allow it in allowlist.http.scope"
    )
