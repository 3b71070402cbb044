"""Apple's notary, asked over the web: from any system, with a key of App Store Connect.

1. The submission is announced with its SHA-256; the answer holds a place in Amazon's storage and a key for it.
2. The file is put there.
3. The state is asked for until it is decided; a refusal comes with a log.
4. The ticket of signed code is public: it is looked up by the code's hash, and fastened.

Source: https://developer.apple.com/documentation/notaryapi ; the ticket's place is as `stapler` and `rcodesign` look it up.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from millennium_bundler.codesign.codesign_tool import read_tree
from millennium_bundler.codesign.image import staple_image, verify_image
from millennium_bundler.codesign.notary import ApiKey, Notary, Outcome
from millennium_bundler.codesign.staple import TICKET, main_code
from millennium_bundler.codesign.web import Ask, Send, StorageKey, send, sign_for_storage
from millennium_bundler.errors import SignError
from millennium_bundler.sign.keys import FileKey, read_secret
from millennium_bundler.sign.secret import Secret

SUBMISSIONS = "https://appstoreconnect.apple.com/notary/v2/submissions"
TICKETS = (
    "https://api.apple-cloudkit.com/database/1/com.apple.gk.ticket-delivery"
    "/production/public/records/lookup"
)
_REGION = "us-west-2"
_AUDIENCE = "appstoreconnect-v1"
_TOKEN_S = 15 * 60
_POLL_S = 15.0
_MAX_POLLS = 240
_PENDING, _ACCEPTED = "In Progress", "Accepted"
_SHA256 = 2

JSON = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotaryService(Notary):
    """Asks the notary over the web.

    Attributes:
        access: The key.
        send: Sends requests.
        now: The present time, seconds since 1970.
        pause: Waits some seconds.
    """

    access: ApiKey
    send: Send = send
    now: Callable[[], float] = time.time
    pause: Callable[[float], None] = time.sleep

    def submit(self, path: Path) -> str:
        """Hand in a file."""
        data = path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        announced = self._ask("POST", "", {"submissionName": path.name, "sha256": digest})
        number, place = announced.get("id"), _attributes(announced)
        if not isinstance(number, str):
            raise _odd("no number for the submission")
        self._store(data, place)
        return number

    def wait(self, submission: str) -> Outcome:
        """Wait until the notary has decided."""
        for _ in range(_MAX_POLLS):
            status = str(_attributes(self._ask("GET", f"/{submission}")).get("status", ""))
            if status != _PENDING:
                break
            self.pause(_POLL_S)
        else:
            raise _odd("no decision within an hour")
        if status == _ACCEPTED:
            return Outcome(is_accepted=True, status=status)
        place = _attributes(self._ask("GET", f"/{submission}/logs")).get("developerLogUrl")
        log = b""
        if isinstance(place, str):
            log = self.send(Ask(method="GET", url=place))
        return Outcome(
            is_accepted=False, status=status or "no status", log=log.decode("utf-8", "replace")
        )

    def staple(self, path: Path) -> None:
        """Fasten the ticket to an application's folder or a disk image."""
        if path.is_dir():
            ticket = self.ticket(main_code(read_tree(path, date=0)))
            (path / TICKET).write_bytes(ticket)
            return
        data = path.read_bytes()
        [digest] = verify_image(data).cdhashes
        path.write_bytes(staple_image(data, self.ticket(digest)))

    def ticket(self, cdhash: bytes) -> bytes:
        """Return the ticket of signed code.

        Raises:
            SignError: There is none.
        """
        name = f"2/{_SHA256}/{cdhash.hex()}"
        body = json.dumps({"records": [{"recordName": name}]}).encode()
        headers = {"Content-Type": "application/json"}
        found = _parsed(self.send(Ask(method="POST", url=TICKETS, headers=headers, body=body)))
        records = found.get("records")
        ticket = _ticket(records[0]) if isinstance(records, list) and records else b""
        if not ticket:
            raise _odd(f"no ticket for {cdhash.hex()}")
        return ticket

    def _store(self, data: bytes, place: JSON) -> None:
        words = [place.get(name) for name in ("bucket", "object", "awsSessionToken")]
        keys = [place.get(name) for name in ("awsAccessKeyId", "awsSecretAccessKey")]
        if not all(isinstance(word, str) for word in (*words, *keys)):
            raise _odd("no place for the file")
        bucket, name, token = words
        ask = Ask(
            method="PUT",
            url=f"https://{bucket}.s3.{_REGION}.amazonaws.com/{name}",
            headers={"x-amz-security-token": str(token)},
            body=data,
        )
        key = StorageKey(id=str(keys[0]), secret=Secret(str(keys[1]).encode()), region=_REGION)
        moment = datetime.fromtimestamp(self.now(), UTC).strftime("%Y%m%dT%H%M%SZ")
        self.send(sign_for_storage(ask, key, moment=moment))

    def _ask(self, method: str, path: str, body: JSON | None = None) -> JSON:
        headers = {"Authorization": f"Bearer {self._token()}", "Content-Type": "application/json"}
        sent = json.dumps(body).encode() if body is not None else b""
        ask = Ask(method=method, url=SUBMISSIONS + path, headers=headers, body=sent)
        data = _parsed(self.send(ask)).get("data")
        return data if isinstance(data, dict) else {}

    def _token(self) -> str:
        """Return a proof of who asks (JWT, RFC 7519), good for some minutes."""
        start = int(self.now())
        head = {"alg": "ES256", "kid": self.access.id, "typ": "JWT"}
        claims = {
            "iss": self.access.issuer,
            "iat": start,
            "exp": start + _TOKEN_S,
            "aud": _AUDIENCE,
        }
        text = ".".join(_web64(json.dumps(part).encode()) for part in (head, claims))
        first, second = decode_dss_signature(
            self._key().sign(text.encode(), ec.ECDSA(hashes.SHA256()))
        )
        return f"{text}.{_web64(first.to_bytes(32, 'big') + second.to_bytes(32, 'big'))}"

    def _key(self) -> ec.EllipticCurvePrivateKey:
        data = read_secret(FileKey(path=self.access.path), what="key of App Store Connect")
        try:
            key = load_pem_private_key(data.reveal(), None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise SignError(
                f"{self.access.path.name} is no key of App Store Connect",
                code="codesign.key",
                help="name the .p8 file as it was downloaded: APPLE_API_KEY_PATH",
            )
        return key


def _attributes(data: JSON) -> JSON:
    found = data.get("attributes")
    return found if isinstance(found, dict) else {}


def _ticket(record: object) -> bytes:
    """Return the ticket that a record of the look-up holds; nothing when it holds none."""
    for name in ("fields", "signedTicket", "value"):
        record = record.get(name) if isinstance(record, dict) else None
    try:
        return base64.b64decode(record, validate=True) if isinstance(record, str) else b""
    except ValueError:
        return b""


def _parsed(body: bytes) -> JSON:
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {}


def _web64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _odd(what: str) -> SignError:
    return SignError(
        f"the notary gave {what}",
        code="notary.refused",
        help="see App Store Connect, or ask again later",
    )
