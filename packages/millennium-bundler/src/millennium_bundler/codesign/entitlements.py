"""What an app may do beyond the usual: the user's property list, as XML and as DER.

Source: the DER form is as `codesign` writes it since macOS 12; Apple has not published it.
"""

from __future__ import annotations

import plistlib
from collections.abc import Mapping

from millennium_bundler.codesign.blobs import MAGIC_ENTITLEMENTS, MAGIC_ENTITLEMENTS_DER, blob
from millennium_bundler.codesign.der import (
    APPLICATION_16,
    BOOLEAN,
    CONTEXT_16,
    SEQUENCE,
    UTF8,
    integer,
    tlv,
)
from millennium_bundler.errors import FormatError
from millennium_bundler.info_plist import read_plist
from millennium_bundler.layout import read_extra
from millennium_bundler.settings import Manifest

_VERSION = 1


def entitlement_blobs(entitlements: Mapping[str, object]) -> tuple[bytes, bytes]:
    """Return both forms as blobs.

    Raises:
        FormatError: A value is of a kind that entitlements do not have.
    """
    xml = plistlib.dumps(dict(entitlements), sort_keys=True)
    der = tlv(APPLICATION_16, integer(_VERSION), _value(entitlements, "entitlements"))
    return blob(MAGIC_ENTITLEMENTS, xml), blob(MAGIC_ENTITLEMENTS_DER, der)


def load_entitlements(manifest: Manifest) -> dict[str, object]:
    """Read the file that `macos.entitlements` names; nothing when it names none.

    Raises:
        FormatError: It is no property list.
        TreeError: It cannot be read.
    """
    name = manifest.settings.macos.entitlements
    if not name:
        return {}
    path = manifest.resolve(name)
    return read_plist(read_extra(path, what="entitlements"), place=str(path))


def _value(value: object, key: str) -> bytes:
    match value:
        case bool():
            return tlv(BOOLEAN, b"\xff" if value else b"\0")
        case int():
            return integer(value)
        case str():
            return tlv(UTF8, value.encode())
        case list():
            return tlv(SEQUENCE, *(_value(item, key) for item in value))
        case Mapping():
            pairs = sorted((str(name), item) for name, item in value.items())
            return tlv(
                CONTEXT_16,
                *(tlv(SEQUENCE, tlv(UTF8, n.encode()), _value(item, n)) for n, item in pairs),
            )
        case _:
            message = f"the entitlement {key} is neither text, number, truth, list nor dictionary"
            raise FormatError(message, code="macos.plist", help="correct macos.entitlements")
