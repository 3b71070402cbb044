"""Serves the app's own pages on ``millennium://localhost``, in process: no server, no port.

1. Only GET and HEAD; only our own hosts.
2. The path is percent-decoded once and becomes an `AssetKey`; one that climbs is refused.
3. ``/__millennium/api/<name>.js`` are the page's API modules; nothing else is in that folder.
4. ``/p`` is the asset ``p``, else ``p.html``, else ``p/index.html``. Where none exists and the
   browser *navigates* to a path without an extension, it gets ``index.html``: routes of a
   single-page app work, and a missing script is still a plain 404.
5. Every answer, refusals too, carries the policy, ``nosniff`` and the isolation headers.
6. A page with nonce slots is new each time and never cached; everything else has an ETag.

Thread: any. Blocking: reads one asset.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import Protocol
from urllib.parse import unquote, urlsplit

import msgspec

from millennium.assets.key import AssetKey
from millennium.assets.mime import mime_of
from millennium.assets.range import UnsatisfiableRangeError, parse_range
from millennium.assets.resolver import API_PREFIX, OWN_FOLDER, Asset, AssetResolver, fill_slots
from millennium.errors import DamagedAssetError, OutsideAssetsError, TooLargeAssetsError
from millennium.security.csp import PagePolicy
from millennium.security.headers import FIXED_HEADERS, POLICY_HEADER, Headers
from millennium_runtime.request import Request, Response

INDEX = AssetKey("index.html")
NONCE_BYTES = 18
ApiSource = Callable[[str], str | None]
"""File name (``window.js``) → JavaScript, or None if this app has no such API."""


class Site(Protocol):
    """What is served, and under which policy; a `millennium.context.Context` is one."""

    @property
    def assets(self) -> AssetResolver:
        """Where the files are."""

    @property
    def policy(self) -> PagePolicy:
        """The policy of every page."""


class AssetProtocol:
    """Answers requests for the app's own files.

    Args:
        site: Files and policy.
        api_source: JavaScript of the page's API modules; None serves none.
    """

    def __init__(self, site: Site, *, api_source: ApiSource | None = None) -> None:
        self._assets = site.assets
        self._policy = site.policy
        self._api_source = api_source
        self._api_modules: dict[str, Asset | None] = {}
        self._plain_policy = self._policy.header()

    def serve(self, request: Request) -> Response:
        """Return the one answer to `request`; never raises for what a page may send."""
        if request.method not in ("GET", "HEAD"):
            return self._refusal(
                405, "assets.bad_method", "only GET and HEAD", ("allow", "GET, HEAD")
            )
        try:
            key = _key_of(request.uri)
            asset = self._find(key, request)
        except OutsideAssetsError as error:
            return self._refusal(403, error.code, "this path leads out of the app's files")
        except DamagedAssetError as error:
            return self._refusal(500, error.code, "this file is damaged")
        except TooLargeAssetsError as error:
            return self._refusal(500, error.code, "this file is too large to be served")
        if asset is None:
            return self._refusal(404, "assets.not_found", "there is no such file")
        return self._answer(asset, request)

    def _find(self, key: AssetKey, request: Request) -> Asset | None:
        folder, _, rest = key.path.partition("/")
        if folder == OWN_FOLDER:
            return self._api_module(rest)
        candidates = [key, key.with_suffix_added(".html"), key.child("index.html")]
        if not key.path:
            candidates = [INDEX]
        elif not key.suffix and is_navigation(request):
            candidates.append(INDEX)
        for candidate in candidates:
            asset = self._assets.get(candidate)
            if asset is not None:
                return asset
        return None

    def _api_module(self, path: str) -> Asset | None:
        folder, _, name = path.partition("/")
        if f"/{OWN_FOLDER}/{folder}/" != API_PREFIX or not name or "/" in name:
            return None
        if name not in self._api_modules:
            source = self._api_source(name) if self._api_source else None
            if source is None:
                return None
            data = source.encode()
            etag = hashlib.blake2b(data, digest_size=16).hexdigest()
            self._api_modules[name] = Asset(data=data, mime=mime_of(".js"), etag=etag)
        return self._api_modules[name]

    def _answer(self, asset: Asset, request: Request) -> Response:
        if asset.slots:
            return self._fresh_page(asset, request)
        etag = f'"{asset.etag}"'
        headers = self._headers(asset, etag)
        if _matches(request.headers.get("if-none-match", ""), etag):
            return Response(status=304, headers=headers)
        if "range" in request.headers and request.method == "GET":
            return self._part(asset, request, headers)
        return _whole(asset.data, request, headers)

    def _fresh_page(self, asset: Asset, request: Request) -> Response:
        nonce = secrets.token_urlsafe(NONCE_BYTES)
        headers = (
            ("content-type", asset.mime),
            ("cache-control", "no-store"),
            *self._secure(asset, nonce),
        )
        return _whole(fill_slots(asset.data, asset.slots, nonce), request, headers)

    def _part(self, asset: Asset, request: Request, headers: Headers) -> Response:
        size = len(asset.data)
        condition = request.headers.get("if-range", "")
        if condition and not _matches(condition, f'"{asset.etag}"'):
            return _whole(asset.data, request, headers)
        try:
            part = parse_range(request.headers["range"], size)
        except UnsatisfiableRangeError:
            return self._refusal(
                416, "assets.bad_range", "no such part", ("content-range", f"bytes */{size}")
            )
        if part is None:
            return _whole(asset.data, request, headers)
        where = f"bytes {part.start}-{part.stop - 1}/{size}"
        extra = (("content-range", where), ("content-length", str(len(part))))
        body = memoryview(asset.data)[part.start : part.stop]
        return Response(status=206, headers=(*headers, *extra), body=body)

    def _headers(self, asset: Asset, etag: str) -> Headers:
        return (
            ("content-type", asset.mime),
            ("cache-control", "no-cache"),
            ("etag", etag),
            ("accept-ranges", "bytes"),
            *self._secure(asset, ""),
        )

    def _secure(self, asset: Asset, nonce: str) -> Headers:
        policy = self._plain_policy
        if nonce or asset.script_hashes or asset.style_hashes:
            policy = self._policy.header(
                script_hashes=asset.script_hashes, style_hashes=asset.style_hashes, nonce=nonce
            )
        return ((POLICY_HEADER, policy), *FIXED_HEADERS)

    def _refusal(self, status: int, code: str, message: str, *extra: tuple[str, str]) -> Response:
        body = msgspec.json.encode({"code": code, "message": message})
        headers = (
            ("content-type", mime_of(".json")),
            ("content-length", str(len(body))),
            ("cache-control", "no-store"),
            (POLICY_HEADER, self._plain_policy),
            *FIXED_HEADERS,
            *extra,
        )
        return Response(status=status, headers=headers, body=body)


def is_navigation(request: Request) -> bool:
    """Say whether a document is asked for, not one of its parts."""
    destination = request.headers.get("sec-fetch-dest")
    if destination is not None:
        return destination in ("document", "iframe", "frame")
    return request.headers.get("accept", "").lstrip().startswith("text/html")


def _key_of(uri: str) -> AssetKey:
    try:
        parts = urlsplit(uri)
        path = unquote(parts.path, errors="strict")
    except (ValueError, UnicodeDecodeError) as error:
        raise OutsideAssetsError("an address that is none names no asset") from error
    if parts.netloc != "localhost" and not parts.netloc.endswith(".localhost"):
        raise OutsideAssetsError(f"{parts.netloc[:80]!r} is no host of ours")
    return AssetKey.parse(path)


def _matches(header: str, etag: str) -> bool:
    tags = [tag.strip().removeprefix("W/") for tag in header.split(",")]
    return "*" in tags or etag in tags


def _whole(data: bytes, request: Request, headers: Headers) -> Response:
    length = ("content-length", str(len(data)))
    return Response(headers=(*headers, length), body=b"" if request.method == "HEAD" else data)
