"""Asking Apple's services over HTTPS, and signing what goes to Amazon's storage."""

from __future__ import annotations

import hashlib
import hmac
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from millennium_bundler.errors import SignError
from millennium_bundler.sign.secret import Secret

_TIMEOUT_S = 600.0
_MAX_ANSWER_BYTES = 32 * 1024 * 1024
_ALGORITHM = "AWS4-HMAC-SHA256"
_SERVICE = "s3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request.

    Attributes:
        headers: May hold secrets, so it is not shown.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


class _Staying(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: what proves who asks would be sent along, to anybody and without TLS."""

    def redirect_request(self, *_args: object) -> None:
        """Leave the answer what it is: no success."""


Send = Callable[[Ask], bytes]
"""Sends a request; gives the body of an answer that is a success."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageKey:
    """What Amazon's storage knows the sender by, for an hour or so."""

    id: str
    secret: Secret
    region: str


def send(ask: Ask) -> bytes:
    """Send a request over HTTPS.

    Raises:
        SignError: The address is none of HTTPS, nobody answers, the answer is a refusal, or too long.
    """
    place = urlsplit(ask.url)
    if place.scheme != "https":
        raise _refused(f"{place.scheme}://{place.netloc} is not asked without TLS")
    request = urllib.request.Request(  # noqa: S310 - https, as checked
        ask.url, data=ask.body or None, headers=dict(ask.headers), method=ask.method
    )
    try:
        with urllib.request.build_opener(_Staying()).open(request, timeout=_TIMEOUT_S) as answer:
            found = bytes(answer.read(_MAX_ANSWER_BYTES + 1))
    except urllib.error.HTTPError as exc:
        said = exc.read(500).decode("utf-8", "replace")
        exc.close()
        raise _refused(f"{place.netloc} answers {exc.code}: {' '.join(said.split())}") from None
    except (urllib.error.URLError, OSError) as exc:
        raise _refused(f"{place.netloc} does not answer: {exc}") from exc
    if len(found) > _MAX_ANSWER_BYTES:
        raise _refused(f"the answer of {place.netloc} is too long")
    return found


def sign_for_storage(ask: Ask, key: StorageKey, *, moment: str) -> Ask:
    """Return a request that Amazon's storage takes.

    Args:
        ask: The request; all its headers are signed.
        key: Who sends it.
        moment: The present time, such as "20130524T000000Z".

    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
    """
    place = urlsplit(ask.url)
    digest = hashlib.sha256(ask.body).hexdigest()
    signed = {name.lower(): value for name, value in ask.headers.items()}
    signed |= {"host": place.netloc, "x-amz-content-sha256": digest, "x-amz-date": moment}
    names = ";".join(sorted(signed))
    lines = "".join(f"{name}:{signed[name].strip()}\n" for name in sorted(signed))
    path = quote(place.path, safe="/%") or "/"
    whole = f"{ask.method}\n{path}\n{place.query}\n{lines}\n{names}\n{digest}"
    scope = f"{moment[:8]}/{key.region}/{_SERVICE}/aws4_request"
    text = "\n".join([_ALGORITHM, moment, scope, hashlib.sha256(whole.encode()).hexdigest()])
    proof = hmac.new(_storage_secret(key, moment[:8]), text.encode(), hashlib.sha256).hexdigest()
    credential = f"{_ALGORITHM} Credential={key.id}/{scope},SignedHeaders={names},Signature={proof}"
    headers = {name: value for name, value in signed.items() if name != "host"}
    return Ask(
        method=ask.method,
        url=ask.url,
        headers={**headers, "Authorization": credential},
        body=ask.body,
    )


def _storage_secret(key: StorageKey, day: str) -> bytes:
    value = b"AWS4" + key.secret.reveal()
    for part in (day, key.region, _SERVICE, "aws4_request"):
        value = hmac.new(value, part.encode(), hashlib.sha256).digest()
    return value


def _refused(message: str) -> SignError:
    return SignError(message, code="notary.refused", help="try again later")
