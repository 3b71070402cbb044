"""An alias record: how the Finder finds the picture behind the icons of a disk image.

Source: the layout as the Python package `mac_alias` documents it; Apple has never published one.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from millennium_bundler.archive.hfs_plus.records import mac_date
from millennium_bundler.archive.hfs_plus.volume import SIGNATURE

_HEAD = struct.Struct(">4sHhh28pI2shI64pII4s4shhI2s10s")
_FILE, _VERSION = 0, 2
_FIXED_DISK = 0
_SAME_VOLUME = -1
# How many bytes the names of old take at most.
_VOLUME_NAME_BYTES, _FILE_NAME_BYTES = 27, 63
_FOLDER_NAME, _FOLDER_IDS, _CARBON_PATH = 0, 1, 2
_UNICODE_FILE, _UNICODE_VOLUME, _VOLUME_DATE, _FILE_DATE = 14, 15, 16, 17
_PATH, _MOUNT_POINT = 18, 19
_END = struct.pack(">hh", -1, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasTarget:
    """A file in a folder of a volume.

    Attributes:
        volume: Name of the volume.
        folder: Name of the folder in its root.
        name: Name of the file.
        ids: Numbers of the folder and the file in the volume's catalog.
        date: Of the volume and the file, seconds since 1970.
    """

    volume: str
    folder: str
    name: str
    ids: tuple[int, int]
    date: int


def write_alias(target: AliasTarget) -> bytes:
    """Return the alias record."""
    date = mac_date(target.date)
    fine_date = struct.pack(">Q", date << 16)
    carbon = f"{target.volume}:{target.folder}:\0{target.name}".encode()
    tags = (
        (_FOLDER_NAME, target.folder.encode()),
        (_VOLUME_DATE, fine_date),
        (_FILE_DATE, fine_date),
        (_FOLDER_IDS, struct.pack(">I", target.ids[0])),
        (_CARBON_PATH, carbon),
        (_UNICODE_FILE, _unicode(target.name)),
        (_UNICODE_VOLUME, _unicode(target.volume)),
        (_PATH, f"/{target.folder}/{target.name}".encode()),
        (_MOUNT_POINT, f"/Volumes/{target.volume}".encode()),
    )
    body = b"".join(_tag(kind, value) for kind, value in tags) + _END
    head = _HEAD.pack(
        *(b"\0\0\0\0", _HEAD.size + len(body), _VERSION, _FILE),
        *(_short(target.volume, _VOLUME_NAME_BYTES), date, SIGNATURE, _FIXED_DISK, target.ids[0]),
        *(_short(target.name, _FILE_NAME_BYTES), target.ids[1], date, b"", b""),
        *(_SAME_VOLUME, _SAME_VOLUME, 0, b"", b""),
    )
    return head + body


def _tag(kind: int, value: bytes) -> bytes:
    return struct.pack(">hh", kind, len(value)) + value + b"\0" * (len(value) % 2)


def _unicode(name: str) -> bytes:
    data = name.encode("utf-16-be")
    return struct.pack(">h", len(data) // 2) + data


def _short(name: str, limit: int) -> bytes:
    return name.encode()[:limit].decode(errors="ignore").encode()
