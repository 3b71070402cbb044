"""How a Linux desktop learns of the app: desktop entry, AppStream metainfo, document types.

Everything that a manifest says is data: each value is escaped for the format it goes into.
"""

from __future__ import annotations

from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from millennium_bundler.category import parse_category
from millennium_bundler.settings import BundleSettings, FileAssociation

# https://www.freedesktop.org/software/appstream/docs/chap-Metadata.html
_METADATA_LICENCE = "CC0-1.0"


def desktop_entry(settings: BundleSettings, *, has_icon: bool) -> bytes:
    """Write `<identifier>.desktop`.

    Source: https://specifications.freedesktop.org/desktop-entry-spec/latest/
    """
    lines = [
        "[Desktop Entry]",
        "Type=Application",
        "Version=1.4",
        f"Name={_desktop(settings.product_name)}",
        *([f"Comment={_desktop(settings.description)}"] if settings.description else []),
        f"Exec={settings.binary_name}{_placeholder(settings)}",
        *([f"Icon={settings.identifier}"] if has_icon else []),
        "Terminal=false",
        f"Categories={parse_category(settings.category).freedesktop}",
        *_mime_line(settings),
        f"StartupWMClass={settings.identifier}",
    ]
    return ("\n".join(lines) + "\n").encode()


def metainfo(settings: BundleSettings, *, date: int) -> bytes:
    """Write AppStream's `<identifier>.metainfo.xml`.

    Args:
        settings: The manifest.
        date: Day of this release, seconds since 1970.
    """
    identifier = escape(settings.identifier)
    publisher = escape(settings.publisher or settings.product_name)
    owner = quoteattr(".".join(settings.identifier.lower().split(".")[:2]))
    day = datetime.fromtimestamp(date, UTC).date().isoformat()
    lines = [
        f"<id>{identifier}</id>",
        f"<metadata_license>{_METADATA_LICENCE}</metadata_license>",
        *(
            [f"<project_license>{escape(settings.license)}</project_license>"]
            if settings.license
            else []
        ),
        f"<name>{escape(settings.product_name)}</name>",
        f"<summary>{escape(summary(settings))}</summary>",
        f"<developer id={owner}><name>{publisher}</name></developer>",
        f"<developer_name>{publisher}</developer_name>",
        f"<description>{_paragraphs(settings)}</description>",
        f'<launchable type="desktop-id">{identifier}.desktop</launchable>',
        *([f'<url type="homepage">{escape(settings.homepage)}</url>'] if settings.homepage else []),
        f"<provides>{_provides(settings)}</provides>",
        '<content_rating type="oars-1.1"/>',
        f'<releases><release version={quoteattr(settings.version)} date="{day}"/></releases>',
    ]
    return _xml('<component type="desktop-application">', lines, "</component>")


def mime_package(settings: BundleSettings) -> bytes | None:
    """Write the shared-mime-info file; None when the app brings no document type of its own.

    Source: https://specifications.freedesktop.org/shared-mime-info-spec/latest/
    """
    kinds = [(mime_of(settings, kind), kind) for kind in settings.file_associations]
    if not kinds:
        return None
    lines = [_mime_type(mime, kind, settings) for mime, kind in sorted(kinds, key=lambda k: k[0])]
    return _xml(
        '<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">',
        lines,
        "</mime-info>",
    )


def mime_of(settings: BundleSettings, kind: FileAssociation) -> str:
    """Return a document type's name, or one made from the app's when it has none."""
    return kind.mime_type or f"application/x-{settings.binary_name.lower()}-{kind.ext[0].lower()}"


def summary(settings: BundleSettings) -> str:
    """Return one line about the app, without a full stop."""
    line = settings.description or f"Desktop application {settings.product_name}"
    return line.rstrip(". ")


def paragraphs(settings: BundleSettings) -> list[str]:
    """Return the long description, one text per paragraph; without one, two true sentences."""
    parts = [" ".join(part.split()) for part in settings.long_description.split("\n\n")]
    own = [
        f"{settings.product_name}: {summary(settings)}.",
        f"Start it from the menu, or with the command {settings.binary_name}.",
    ]
    return [part for part in parts if part] or own


def _desktop(value: str) -> str:
    return value.replace("\\", "\\\\")


def _placeholder(settings: BundleSettings) -> str:
    if settings.deep_link_schemes:
        return " %U"
    return " %F" if settings.file_associations else ""


def _mime_line(settings: BundleSettings) -> list[str]:
    names = [mime_of(settings, kind) for kind in settings.file_associations]
    names += [f"x-scheme-handler/{scheme}" for scheme in settings.deep_link_schemes]
    return [f"MimeType={''.join(name + ';' for name in names)}"] if names else []


def _paragraphs(settings: BundleSettings) -> str:
    return "".join(f"<p>{escape(part)}</p>" for part in paragraphs(settings))


def _provides(settings: BundleSettings) -> str:
    types = (mime_of(settings, kind) for kind in settings.file_associations)
    media = "".join(f"<mediatype>{escape(name)}</mediatype>" for name in types)
    return f"<binary>{escape(settings.binary_name)}</binary>{media}"


def _mime_type(mime: str, kind: FileAssociation, settings: BundleSettings) -> str:
    comment = kind.description or kind.name or f"{settings.product_name} document"
    globs = "".join(f"<glob pattern={quoteattr(f'*.{ext}')}/>" for ext in kind.ext)
    return (
        f"<mime-type type={quoteattr(mime)}><comment>{escape(comment)}</comment>{globs}</mime-type>"
    )


def _xml(first: str, lines: list[str], last: str) -> bytes:
    body = "\n".join([first, *(f"  {line}" for line in lines), last])
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'.encode()
