"""Who signs: a certificate with its chain, and the key behind it, or nobody ("ad hoc").

The key comes from a PKCS#12 file or from PEM; it stays in memory and prints as nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12
from cryptography.x509.oid import NameOID

from millennium_bundler.errors import SignError
from millennium_bundler.sign.secret import Secret

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

# https://www.apple.com/certificateauthority/ : Developer ID Application, and the authority behind it
DEVELOPER_ID, DEVELOPER_ID_AUTHORITY = "1.2.840.113635.100.6.1.13", "1.2.840.113635.100.6.2.6"
_OF_APPLE = "1.2.840.113635.100.6.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A certificate and its key.

    Attributes:
        certificate: The leaf.
        chain: Those that vouch for it, nearest first.
        sign: Makes a signature over data with SHA-256.
    """

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()
    sign: Callable[[bytes], bytes] = field(repr=False)
    is_elliptic: bool = False

    @property
    def all(self) -> tuple[x509.Certificate, ...]:
        """The certificate and its chain."""
        return (self.certificate, *self.chain)

    @property
    def team(self) -> str:
        """The team that Apple wrote into the certificate; empty when it is not Apple's."""
        return team_of(self.certificate)

    @property
    def name(self) -> str:
        """The certificate's common name."""
        names = self.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(names[0].value) if names else ""

    @property
    def is_apple(self) -> bool:
        """Whether the certificate says that Apple gave it to a developer."""
        return _has(self.certificate, _OF_APPLE)


def team_of(certificate: x509.Certificate) -> str:
    """Return the team that Apple wrote into a certificate; empty when it is not Apple's."""
    units = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
    return str(units[0].value) if units and _has(certificate, _OF_APPLE) else ""


def is_developer_id(certificate: x509.Certificate) -> bool:
    """Tell whether a certificate is for apps that are given away outside the App Store."""
    return _has(certificate, DEVELOPER_ID)


def load_identity(
    data: Secret, password: Secret, *, others: tuple[x509.Certificate, ...] = ()
) -> Identity:
    """Read a PKCS#12 file, or PEM with the key and the certificates.

    Args:
        data: The file.
        password: Opens it; empty when it is open.
        others: Certificates that may vouch for the signer's, where the file holds none.

    Raises:
        SignError: The password is wrong, it is neither, the key fits no certificate, or nobody vouches for a
            certificate of Apple's: macOS would not take its code.
    """
    identity = _load(data.reveal(), password.reveal() or None, others)
    leaf = identity.certificate
    if identity.is_apple and not identity.chain and leaf.issuer != leaf.subject:
        raise SignError(
            f"the certificate {identity.name!r} comes without the one that vouches for it",
            code="codesign.key",
            help="fetch it from https://www.apple.com/certificateauthority/ and name it: "
            "macos.certificate_chain",
        )
    return identity


def read_certificates(data: bytes, *, place: str) -> tuple[x509.Certificate, ...]:
    """Read certificates as PEM or DER.

    Raises:
        SignError: It is neither.
    """
    try:
        if b"-----BEGIN" in data:
            return tuple(x509.load_pem_x509_certificates(data))
        return (x509.load_der_x509_certificate(data),)
    except ValueError:
        raise SignError(
            f"{place} holds no certificate",
            code="codesign.key",
            help="name the .cer file as Apple gives it, or PEM",
        ) from None


def _load(value: bytes, password: bytes | None, more: tuple[x509.Certificate, ...]) -> Identity:
    try:
        if value.lstrip().startswith(b"-----BEGIN"):
            key = load_pem_private_key(value, password)
            return _identity(key, [*x509.load_pem_x509_certificates(value), *more])
        p12_key, leaf, others = pkcs12.load_key_and_certificates(value, password)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _bad(
            "the certificate cannot be opened: the password is wrong, or it is no .p12"
        ) from None
    if p12_key is None or leaf is None:
        raise _bad("the .p12 file holds no key with its certificate")
    return _identity(p12_key, [leaf, *others, *more])


def _identity(key: object, certificates: list[x509.Certificate]) -> Identity:
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise _bad("the key is neither RSA nor elliptic, which is all that macOS takes")
    public = key.public_key()
    leaf = next((item for item in certificates if item.public_key() == public), None)
    if leaf is None:
        raise _bad("the key fits none of the certificates")
    return Identity(
        certificate=leaf,
        chain=tuple(chain_of(leaf, [item for item in certificates if item != leaf])),
        sign=_signer(key),
        is_elliptic=isinstance(key, ec.EllipticCurvePrivateKey),
    )


def chain_of(leaf: x509.Certificate, others: list[x509.Certificate]) -> list[x509.Certificate]:
    """Return who vouches for a certificate, nearest first, as far as they are there."""
    chain: list[x509.Certificate] = []
    last = leaf
    while last.issuer != last.subject:
        above = next((item for item in others if item.subject == last.issuer), None)
        if above is None or above in chain:
            break
        chain.append(above)
        last = above
    return chain


def _signer(key: PrivateKey) -> Callable[[bytes], bytes]:
    if isinstance(key, rsa.RSAPrivateKey):
        return lambda data: key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    return lambda data: key.sign(data, ec.ECDSA(hashes.SHA256()))


def _has(certificate: x509.Certificate, start: str) -> bool:
    found = (extension.oid.dotted_string for extension in certificate.extensions)
    return any(name == start or name.startswith(f"{start}.") for name in found)


def _bad(message: str) -> SignError:
    return SignError(
        message, code="codesign.key", help="export the certificate with its key from the keychain"
    )
