"""The time stamp in an Authenticode signature (RFC 3161): of this signature, and of somebody who may stamp.

osslsigncode puts in what a service answers, whatever it is; whoever checks it on the user's Windows finds out later.

1. What is stamped is the hash of the signature, by SHA-256 or a longer one.
2. The stamp's own signature is of what it says, and made by the key of the certificate that it names.
3. That certificate is for time stamps and for nothing else, and was valid at the time that the stamp says.
4. The certificate that signed the file was valid then, too.

Whether anybody trusts the service is another question, as for the signature itself.

Source: RFC 3161, RFC 5652.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from millennium_bundler.errors import SignError
from millennium_bundler.sign.code_signature import (
    CONTEXT,
    INTEGER,
    NAME,
    OCTETS,
    SEQUENCE,
    SET,
    SIGNED_DATA,
    UNREADABLE,
    Signer,
    Value,
    algorithm_of,
    check_issued,
    first_value,
    made_by,
    message_digest,
    read_signer,
)

_UNSIGNED = 0xA1
_TIME = 0x18
_STAMP = bytes.fromhex("2b060104018237030301")
_STAMP_INFO = bytes.fromhex("2a864886f70d0109100104")
_SECONDS = "%Y%m%d%H%M%S"
_SECONDS_CHARS = len("20260131235959")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signed:
    """What a PKCS #7 value holds."""

    content: Value
    certificates: list[x509.Certificate]
    signer: Signer


def check_time_stamp(signature: bytes) -> datetime | None:
    """Check the time stamp in a signature; return its time, or None when there is no stamp.

    Args:
        signature: PKCS #7, with nothing but zeros behind it, which `check_signature` has accepted.

    Raises:
        SignError: It is malformed, of another signature, or of somebody who may not stamp.
    """
    try:
        return _check(_read(first_value(signature)))
    except (ValueError, TypeError, IndexError, KeyError, x509.ExtensionNotFound, *UNREADABLE):
        raise _bad("it is malformed, or of an unknown kind") from None


def _check(signed: _Signed) -> datetime | None:
    found = [
        attribute.inside(NAME, SET)
        for unsigned in signed.signer.unsigned
        if unsigned.tag == _UNSIGNED
        for attribute in unsigned.inside()
    ]
    stamps = [values for name, values in found if name.body == _STAMP]
    if not stamps:
        return None
    ((whole,),) = (values.inside(SEQUENCE) for values in stamps)
    stamp = _read(whole)
    name, wrapped = stamp.content.inside(NAME, CONTEXT)
    (text,) = wrapped.inside(OCTETS)
    if name.body != _STAMP_INFO:
        raise ValueError
    (info,) = Value(SEQUENCE, text.body, text.body).inside(SEQUENCE)
    _, _, imprint, _, time, *_ = info.inside(INTEGER, NAME, SEQUENCE, INTEGER, _TIME)
    algorithm, stamped = imprint.inside(SEQUENCE, OCTETS)
    digest = hashlib.new(algorithm_of(algorithm)[0], signed.signer.signature).digest()
    if not hmac.compare_digest(stamped.body, digest):
        raise _bad("it is of another signature")  # (1)
    own = hashlib.new(stamp.signer.digest[0], text.body).digest()
    if not hmac.compare_digest(message_digest(stamp.signer), own):
        raise _bad("it does not say what was signed")  # (2)
    said = time.body[:_SECONDS_CHARS].decode("ascii")
    when = datetime.strptime(said, _SECONDS).replace(tzinfo=UTC)
    _check_service(made_by(stamp.signer, stamp.certificates), when)
    if not _is_valid(made_by(signed.signer, signed.certificates), when):
        raise _bad(f"the certificate of the signature was not valid at its time, {when}")  # (4)
    return when


def _check_service(certificate: x509.Certificate, when: datetime) -> None:
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    if list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING] or not usage.critical:
        raise _bad("its certificate is not for time stamps alone")  # (3)
    if not _is_valid(certificate, when):
        raise _bad(f"its certificate was not valid at its time, {when}")


def _is_valid(certificate: x509.Certificate, when: datetime) -> bool:
    return certificate.not_valid_before_utc <= when <= certificate.not_valid_after_utc


def _read(whole: Value) -> _Signed:
    kind, wrapped = whole.inside(NAME, CONTEXT)
    (data,) = wrapped.inside(SEQUENCE)
    parts = data.inside(INTEGER, SET, SEQUENCE, CONTEXT)
    if kind.body != SIGNED_DATA or parts[-1].tag != SET:
        raise ValueError
    certificates = [x509.load_der_x509_certificate(one.whole) for one in parts[3].inside()]
    check_issued(certificates)
    (entry,) = parts[-1].inside(SEQUENCE)
    return _Signed(content=parts[2], certificates=certificates, signer=read_signer(entry))


def _bad(why: str) -> SignError:
    message = f"the time stamp of the Authenticode signature does not verify: {why}"
    return SignError(message, code="sign.not_valid", help="name another service in `timestamp_url`")
