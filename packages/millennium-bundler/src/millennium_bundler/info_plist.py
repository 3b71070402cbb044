"""What macOS reads about an app: ``Info.plist``.

The user's own property list is laid over ours: dictionaries merge, all else is replaced.
"""

from __future__ import annotations

import plistlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from xml.parsers.expat import ExpatError

from millennium_bundler.category import parse_category
from millennium_bundler.errors import FormatError
from millennium_bundler.macos_settings import ANY_SYSTEM, OLDEST_SYSTEM
from millennium_bundler.settings import BundleSettings, FileAssociation

Plist = dict[str, object]
NO_PLIST = (
    *(ExpatError, ValueError, LookupError, AttributeError),
    *(TypeError, OverflowError, RecursionError),
)
"""What plistlib raises for what it cannot read: an unknown coding, an end without a beginning, a date that is none."""

EXECUTABLE, IDENTIFIER = "CFBundleExecutable", "CFBundleIdentifier"
# What the bundle itself depends on: an overlay must not change it.
_FIXED = (EXECUTABLE, IDENTIFIER, "CFBundlePackageType")
_ROLES = {
    "editor": "Editor",
    "viewer": "Viewer",
    "shell": "Shell",
    "ql-generator": "QLGenerator",
    "none": "None",
}
# Types that an app may call its own; text/plain and image/png belong to the system.
_OWN_TYPES = ("application/x-", "application/vnd.")
_NUMBERS = re.compile(r"[0-9]+")
_MAX_NUMBERS = 3


def info_plist(
    settings: BundleSettings, *, icon: str, oldest_system: tuple[int, int, int], date: int
) -> Plist:
    """Return what the manifest says, in Apple's words.

    Args:
        settings: The manifest.
        icon: File name of the icon; empty when there is none.
        oldest_system: What the executable asks for at least.
        date: Year of the copyright notice when the manifest has none.
    """
    macos = settings.macos
    name = settings.product_name
    plist: Plist = {
        "CFBundleDevelopmentRegion": "English",
        "CFBundleDisplayName": name,
        EXECUTABLE: settings.binary_name,
        IDENTIFIER: settings.identifier,
        "CFBundleInfoDictionaryVersion": "6.0",
        "CFBundleName": name,
        "CFBundlePackageType": "APPL",
        "CFBundleShortVersionString": numbers_of(settings.version),
        "CFBundleVersion": macos.bundle_version or numbers_of(settings.version),
        "CSResourcesFileMapped": True,
        "LSApplicationCategoryType": f"public.app-category.{parse_category(settings.category).apple}",
        "LSRequiresCarbon": True,
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": _copyright(settings, date),
    }
    if icon:
        plist["CFBundleIconFile"] = icon
    if macos.minimum_system_version != ANY_SYSTEM:
        plist["LSMinimumSystemVersion"] = _oldest(macos.minimum_system_version, oldest_system)
    if macos.exception_domain:
        plist["NSAppTransportSecurity"] = _exception(macos.exception_domain)
    return {**plist, **_documents(settings), **_links(settings)}


def lay_over(plist: Plist, overlay: Mapping[str, object]) -> Plist:
    """Return a property list with another laid over it.

    Raises:
        FormatError: The overlay changes what the bundle itself depends on.
    """
    for key in _FIXED:
        if key in overlay and overlay[key] != plist.get(key):
            message = f"{key} of the property list differs from the manifest"
            raise FormatError(
                message, code="macos.plist", help=f"take {key} out of macos.info_plist"
            )
    return _merged(plist, overlay)


def read_plist(data: bytes, *, place: str) -> Plist:
    """Read a property list that the user wrote: XML or binary.

    Raises:
        FormatError: It is none, or no dictionary.
    """
    try:
        found = plistlib.loads(data)
    except NO_PLIST as exc:
        message = f"{place} is not a property list"
        raise FormatError(
            message, code="macos.plist", help="check it: plutil -lint", place=place
        ) from exc
    if not isinstance(found, dict):
        message = f"{place} is a property list, but no dictionary"
        raise FormatError(
            message, code="macos.plist", help="write <dict> around its keys", place=place
        )
    return found


def write_plist(plist: Mapping[str, object]) -> bytes:
    """Return a property list as XML, the same bytes every time."""
    return plistlib.dumps(dict(plist), sort_keys=True)


def numbers_of(version: str) -> str:
    """Return the one to three numbers of a version, which is all that Apple takes."""
    release = re.split(r"[-+~]", version, maxsplit=1)[0]
    numbers = [str(int(number)) for number in _NUMBERS.findall(release)]
    return ".".join(numbers[:_MAX_NUMBERS])


def type_identifier(settings: BundleSettings, kind: FileAssociation) -> str:
    """Return the name of a document type that is the app's own."""
    ending = re.sub(r"[^A-Za-z0-9-]", "-", kind.ext[0].lower())
    return f"{settings.identifier}.{ending}"


def _documents(settings: BundleSettings) -> Plist:
    kinds = [kind for kind in settings.file_associations if kind.ext]
    if not kinds:
        return {}
    own = [kind for kind in kinds if _is_own(kind)]
    found: Plist = {"CFBundleDocumentTypes": [_document(settings, kind) for kind in kinds]}
    if own:
        found["UTExportedTypeDeclarations"] = [_exported(settings, kind) for kind in own]
    return found


def _document(settings: BundleSettings, kind: FileAssociation) -> Plist:
    document: Plist = {
        "CFBundleTypeExtensions": list(kind.ext),
        "CFBundleTypeName": _title(settings, kind),
        "CFBundleTypeRole": _ROLES[kind.role],
        "LSHandlerRank": "Owner" if _is_own(kind) else "Alternate",
    }
    if kind.mime_type:
        document["CFBundleTypeMIMETypes"] = [kind.mime_type]
    if _is_own(kind):
        document["LSItemContentTypes"] = [type_identifier(settings, kind)]
    return document


def _exported(settings: BundleSettings, kind: FileAssociation) -> Plist:
    tags: dict[str, object] = {"public.filename-extension": list(kind.ext)}
    if kind.mime_type:
        tags["public.mime-type"] = [kind.mime_type]
    return {
        "UTTypeConformsTo": ["public.data"],
        "UTTypeDescription": _title(settings, kind),
        "UTTypeIdentifier": type_identifier(settings, kind),
        "UTTypeTagSpecification": tags,
    }


def _is_own(kind: FileAssociation) -> bool:
    return not kind.mime_type or kind.mime_type.startswith(_OWN_TYPES)


def _title(settings: BundleSettings, kind: FileAssociation) -> str:
    return kind.description or kind.name or f"{settings.product_name} document"


def _links(settings: BundleSettings) -> Plist:
    if not settings.deep_link_schemes:
        return {}
    link = {
        "CFBundleTypeRole": "Editor",
        "CFBundleURLName": settings.identifier,
        "CFBundleURLSchemes": list(settings.deep_link_schemes),
    }
    return {"CFBundleURLTypes": [link]}


def _exception(domain: str) -> Plist:
    rule = {"NSExceptionAllowsInsecureHTTPLoads": True, "NSIncludesSubdomains": True}
    return {"NSExceptionDomains": {domain: rule}}


def _oldest(wanted: str, needed: tuple[int, int, int]) -> str:
    parts = [int(part) for part in (wanted or OLDEST_SYSTEM).split(".")]
    chosen = max((*parts, 0, 0)[:_MAX_NUMBERS], needed)
    shown = chosen if chosen[2] else chosen[:2]
    return ".".join(str(part) for part in shown)


def _copyright(settings: BundleSettings, date: int) -> str:
    year = datetime.fromtimestamp(date, UTC).year
    owner = settings.publisher or settings.product_name
    return settings.copyright or f"Copyright © {year} {owner}"


def _merged(below: Mapping[str, object], above: Mapping[str, object]) -> Plist:
    found = dict(below)
    for key, value in above.items():
        old = found.get(key)
        both = isinstance(value, Mapping) and isinstance(old, Mapping)
        found[key] = _merged(old, value) if both else value  # type: ignore[arg-type]  # both are mappings
    return found
