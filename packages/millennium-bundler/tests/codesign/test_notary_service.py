"""The notary over the web: what is sent, what is understood, what is refused. Nobody outside is asked."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from mac_identities import PASSWORD, certificate, elliptic_key, p12, pem, rsa_key
from millennium_bundler.archive.udif import DiskImage, read_udif, write_udif
from millennium_bundler.codesign.choose import configured_notary
from millennium_bundler.codesign.cms import Signer
from millennium_bundler.codesign.identity import load_identity
from millennium_bundler.codesign.image import sign_image, verify_image
from millennium_bundler.codesign.notary import ApiKey
from millennium_bundler.codesign.notary_service import SUBMISSIONS, TICKETS, NotaryService
from millennium_bundler.codesign.web import Ask, StorageKey, send, sign_for_storage
from millennium_bundler.errors import SignError
from millennium_bundler.sign.secret import Secret

IDENTITY = load_identity(Secret(p12(rsa_key(), certificate(rsa_key()))), Secret(PASSWORD))
IMAGE = sign_image(
    write_udif(DiskImage(volume=bytes(512))),
    identifier="own",
    signer=Signer(identity=IDENTITY, date=1_735_689_600),
)
PLACE = {
    "awsAccessKeyId": "AKID",
    "awsSecretAccessKey": "storage secret",
    "awsSessionToken": "session",
    "bucket": "notary-submissions-prod",
    "object": "prod/AROA:1/own.dmg",
}


@dataclass
class Apple:
    """Answers as Apple's services do, and notes what it was asked."""

    states: list[str] = field(default_factory=lambda: ["In Progress", "Accepted"])
    place: dict[str, str] = field(default_factory=lambda: dict(PLACE))
    ticket: object = base64.b64encode(b"ticket").decode()
    asked: list[Ask] = field(default_factory=list)

    def __call__(self, ask: Ask) -> bytes:
        self.asked.append(ask)
        return json.dumps(self.answer(ask)).encode()

    def answer(self, ask: Ask) -> object:
        answers: dict[str, Callable[[], object]] = {
            SUBMISSIONS: lambda: {"data": {"id": "7", "attributes": self.place}},
            f"{SUBMISSIONS}/7": lambda: {"data": {"attributes": {"status": self.states.pop(0)}}},
            f"{SUBMISSIONS}/7/logs": lambda: {
                "data": {"attributes": {"developerLogUrl": "https://log.example/1"}}
            },
            "https://log.example/1": lambda: {"issues": ["unsigned"]},
            TICKETS: lambda: {"records": [{"fields": {"signedTicket": {"value": self.ticket}}}]},
        }
        return answers.get(ask.url, dict)()


@pytest.fixture
def key(tmp_path: Path) -> ApiKey:
    path = tmp_path / "AuthKey_ID.p8"
    path.write_bytes(
        elliptic_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return ApiKey(path=path, id="KEYID", issuer="issuer-id")


def service(key: ApiKey, apple: Apple, waits: list[float] | None = None) -> NotaryService:
    pauses = waits if waits is not None else []
    return NotaryService(access=key, send=apple, now=lambda: 1_000_000.0, pause=pauses.append)


def test_an_image_is_handed_in_waited_for_and_stapled(key: ApiKey, tmp_path: Path):
    path = tmp_path / "own.dmg"
    path.write_bytes(IMAGE)
    apple, waits = Apple(), list[float]()
    service(key, apple, waits).notarise(path)
    assert [(ask.method, ask.url) for ask in apple.asked] == [
        ("POST", SUBMISSIONS),
        ("PUT", "https://notary-submissions-prod.s3.us-west-2.amazonaws.com/prod/AROA:1/own.dmg"),
        ("GET", f"{SUBMISSIONS}/7"),
        ("GET", f"{SUBMISSIONS}/7"),
        ("POST", TICKETS),
    ]
    assert waits == [15.0]
    assert b"ticket" in path.read_bytes()
    assert verify_image(path.read_bytes()).cdhashes == verify_image(IMAGE).cdhashes
    assert read_udif(path.read_bytes()) == read_udif(IMAGE)


def test_the_file_is_announced_by_its_hash_and_sent_whole(key: ApiKey, tmp_path: Path):
    path = tmp_path / "own.dmg"
    path.write_bytes(IMAGE)
    apple = Apple()
    service(key, apple).submit(path)
    announced = json.loads(apple.asked[0].body)
    assert announced == {
        "submissionName": "own.dmg",
        "sha256": hashlib.sha256(IMAGE).hexdigest(),
    }
    assert apple.asked[1].body == IMAGE
    assert apple.asked[1].headers["x-amz-security-token"] == "session"
    assert "storage secret" not in repr(apple.asked[1].headers)


def test_the_ticket_is_looked_up_by_the_hash_of_the_code(key: ApiKey):
    apple = Apple()
    assert service(key, apple).ticket(b"\xab" * 20) == b"ticket"
    assert json.loads(apple.asked[0].body) == {"records": [{"recordName": f"2/2/{'ab' * 20}"}]}


def test_who_asks_is_proved_with_the_key(key: ApiKey):
    apple = Apple(states=["Accepted"])
    service(key, apple).wait("7")
    token = apple.asked[0].headers["Authorization"].removeprefix("Bearer ")
    head, claims, proof = (unweb64(part) for part in token.split("."))
    raw = unweb64(token.split(".")[2])
    signature = encode_dss_signature(
        int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    )
    elliptic_key().public_key().verify(
        signature, token.rpartition(".")[0].encode(), ec.ECDSA(hashes.SHA256())
    )
    assert len(proof) == 64
    assert json.loads(head) == {"alg": "ES256", "kid": "KEYID", "typ": "JWT"}
    assert json.loads(claims) == {
        "iss": "issuer-id",
        "iat": 1_000_000,
        "exp": 1_000_900,
        "aud": "appstoreconnect-v1",
    }


def unweb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_refusal_comes_with_its_log(key: ApiKey):
    outcome = service(key, Apple(states=["Invalid"])).wait("7")
    assert not outcome.is_accepted
    assert (outcome.status, json.loads(outcome.log)) == ("Invalid", {"issues": ["unsigned"]})


def test_a_notary_that_never_decides_is_left(key: ApiKey):
    apple, waits = Apple(states=["In Progress"] * 300), list[float]()
    with pytest.raises(SignError, match="no decision"):
        service(key, apple, waits).wait("7")
    assert sum(waits) == 3600


@pytest.mark.parametrize(
    ("answer", "words"),
    [(b"{}", "no number"), (b"<html>", "no number"), (b'{"data": {"id": "7"}}', "no place")],
    ids=["empty", "page", "no place"],
)
def test_an_answer_that_lacks_something_is_refused(
    key: ApiKey, tmp_path: Path, answer: bytes, words: str
):
    (tmp_path / "a.dmg").write_bytes(b"x")
    with pytest.raises(SignError, match=words):
        NotaryService(access=key, send=lambda _ask: answer).submit(tmp_path / "a.dmg")


@pytest.mark.parametrize("ticket", [None, "", "no base64!", 5], ids=repr)
def test_code_without_a_ticket_is_refused(key: ApiKey, ticket: object):
    with pytest.raises(SignError, match="no ticket"):
        service(key, Apple(ticket=ticket)).ticket(b"x" * 20)


def test_no_record_is_no_ticket(key: ApiKey):
    with pytest.raises(SignError, match="no ticket"):
        NotaryService(access=key, send=lambda _ask: b'{"records": []}').ticket(b"x" * 20)


@pytest.mark.parametrize("data", [b"nonsense", pem(rsa_key())], ids=["nonsense", "rsa"])
def test_another_key_is_refused(key: ApiKey, data: bytes):
    key.path.write_bytes(data)
    with pytest.raises(SignError, match="no key of App Store Connect"):
        service(key, Apple(states=["Accepted"])).wait("7")


def test_an_image_that_is_not_signed_gets_no_ticket(key: ApiKey, tmp_path: Path):
    path = tmp_path / "own.dmg"
    path.write_bytes(write_udif(DiskImage(volume=bytes(512))))
    with pytest.raises(SignError, match="not signed"):
        service(key, Apple()).staple(path)


def test_storage_is_asked_as_amazon_documents_it():
    ask = Ask(
        method="PUT",
        url="https://examplebucket.s3.amazonaws.com/test$file.text",
        headers={
            "Date": "Fri, 24 May 2013 00:00:00 GMT",
            "x-amz-storage-class": "REDUCED_REDUNDANCY",
        },
        body=b"Welcome to Amazon S3.",
    )
    secret = Secret(b"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    key = StorageKey(id="AKIAIOSFODNN7EXAMPLE", secret=secret, region="us-east-1")
    signed = sign_for_storage(ask, key, moment="20130524T000000Z")
    assert signed.headers["Authorization"].endswith(
        "Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
    )


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://localhost/x", "without TLS"),
        ("file:///etc/passwd", "without TLS"),
        ("https://127.0.0.1:1/x", "does not answer"),
    ],
)
def test_an_address_that_cannot_be_asked_is_named(url: str, words: str):
    with pytest.raises(SignError, match=words):
        send(Ask(method="GET", url=url))


def test_elsewhere_than_on_a_mac_the_notary_is_asked_over_the_web(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(sys, "platform", "linux")
    names = {"APPLE_API_KEY_PATH": "k.p8", "APPLE_API_KEY": "ID", "APPLE_API_ISSUER": "I"}
    access = ApiKey(path=Path("k.p8"), id="ID", issuer="I")
    assert configured_notary(names) == NotaryService(access=access)


@pytest.mark.parametrize("missing", ["APPLE_API_KEY", "APPLE_API_ISSUER"])
def test_half_a_key_is_refused(missing: str):
    names = {"APPLE_API_KEY_PATH": "k.p8", "APPLE_API_KEY": "ID", "APPLE_API_ISSUER": "I"}
    with pytest.raises(SignError, match=f"{missing} is not"):
        configured_notary({name: value for name, value in names.items() if name != missing})
