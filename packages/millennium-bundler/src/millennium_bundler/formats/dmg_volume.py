"""What a disk image shows: the app, a link to /Applications, and the window they stand in."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from millennium_bundler.archive.ds_store import Note, icon_place, view_settings, write_ds_store
from millennium_bundler.archive.hfs_plus.names import decompose
from millennium_bundler.archive.hfs_plus.volume import FinderFlags, Volume
from millennium_bundler.archive.hfs_plus.writer import ICON_NAME, number_of
from millennium_bundler.archive.mac_alias import AliasTarget, write_alias
from millennium_bundler.errors import FormatError
from millennium_bundler.layout import read_extra
from millennium_bundler.macos_layout import ICON, app_name
from millennium_bundler.macos_settings import DmgSettings, Point
from millennium_bundler.settings import Manifest
from millennium_bundler.tree import File, Folder, Link, Tree

APPLICATIONS = "Applications"
BACKGROUND_FOLDER = ".background"
WINDOW = ".DS_Store"
_PICTURE, _FINE_PICTURE = "background.png", "background.tiff"
_POINTS_PER_INCH = 72
_MAX_PICTURE_BYTES = 64 * 1024 * 1024


def dmg_volume(manifest: Manifest, app: Tree) -> Volume:
    """Return the volume of a disk image.

    Args:
        manifest: The manifest.
        app: A tree whose one folder is the application, signed or not.

    Raises:
        FormatError: The background is no picture.
        TreeError: The background cannot be read.
    """
    settings = manifest.settings
    name = decompose(settings.product_name)
    folder = app_name(settings)
    tree = Tree(date=app.date)
    for entry in app:
        if not isinstance(entry, Folder):
            tree.add(entry)
    tree.add(Link(path=APPLICATIONS, target="/Applications"))
    flags = {folder: FinderFlags.BUNDLE | FinderFlags.HIDE_EXTENSION}
    icon = next((f for f in app.files() if f.path == f"{folder}/Contents/Resources/{ICON}"), None)
    if icon is not None:
        tree.add(File(path=ICON_NAME, data=icon.data))
        flags[""] = FinderFlags.CUSTOM_ICON
        flags[ICON_NAME] = FinderFlags.INVISIBLE
    picture, data = _background(manifest)
    if picture:
        tree.file(picture, data)
        flags[BACKGROUND_FOLDER] = FinderFlags.INVISIBLE
    tree.add(File(path=WINDOW, data=_window(tree, manifest, name, picture)))
    flags[WINDOW] = FinderFlags.INVISIBLE
    return Volume(name=name, tree=tree, identity=_identity(manifest), finder_flags=flags)


def _identity(manifest: Manifest) -> bytes:
    settings = manifest.settings
    words = f"{settings.identifier} {settings.version} {settings.target}"
    return hashlib.sha256(words.encode()).digest()[:8]


def _background(manifest: Manifest) -> tuple[str, bytes]:
    """Return path and content of the picture; nothing when there is none."""
    name = manifest.settings.macos.dmg.background
    if not name:
        return "", b""
    path = manifest.resolve(name)
    data = read_extra(path, what="background")
    image = _open(data, path)
    fine_path = path.with_name(f"{path.stem}@2x{path.suffix}")
    if not fine_path.exists():
        return f"{BACKGROUND_FOLDER}/{_PICTURE}", data
    fine = _open(read_extra(fine_path, what="background"), fine_path)
    return f"{BACKGROUND_FOLDER}/{_FINE_PICTURE}", _both(image, fine, fine_path)


def _open(data: bytes, path: Path) -> Image.Image:
    try:
        if len(data) > _MAX_PICTURE_BYTES:
            raise ValueError
        image = Image.open(io.BytesIO(data), formats=("PNG",))
        image.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, MemoryError) as exc:
        message = f"the background {path.name} is not a PNG picture"
        raise FormatError(message, code="macos.picture", help="save it as PNG") from exc
    except Image.DecompressionBombError as exc:
        message = f"the background {path.name} has too many pixels"
        raise FormatError(
            message, code="macos.picture", help="make it as large as the window"
        ) from exc
    return image.convert("RGBA")


def _both(image: Image.Image, fine: Image.Image, path: Path) -> bytes:
    """Return one TIFF with a picture for each kind of display."""
    if fine.size != (2 * image.width, 2 * image.height):
        message = f"{path.name} is {fine.width} x {fine.height}, not twice the size of the other"
        raise FormatError(
            message, code="macos.picture", help=f"make it {2 * image.width} x {2 * image.height}"
        )
    out = io.BytesIO()
    dpi = _POINTS_PER_INCH
    fine.encoderinfo = {"dpi": (2 * dpi, 2 * dpi)}
    image.save(
        out,
        "TIFF",
        save_all=True,
        append_images=[fine],
        compression="tiff_lzw",
        dpi=(dpi, dpi),
    )
    return out.getvalue()


def _window(tree: Tree, manifest: Manifest, volume: str, picture: str) -> bytes:
    dmg = manifest.settings.macos.dmg
    notes = [
        Note(name=".", code="vSrn", kind="long", value=(1).to_bytes(4, "big")),
        Note(name=".", code="icvl", kind="type", value=b"icnv"),
        view_settings("bwsp", _frame(dmg)),
        _place(app_name(manifest.settings), dmg.app_position),
        _place(APPLICATIONS, dmg.application_folder_position),
    ]
    icons = _icons(dmg)
    if picture:
        folder, _, name = picture.partition("/")
        target = AliasTarget(
            volume=volume,
            folder=folder,
            name=name,
            ids=(
                number_of(tree, folder, with_path=WINDOW),
                number_of(tree, picture, with_path=WINDOW),
            ),
            date=tree.date,
        )
        icons |= {"backgroundType": 2, "backgroundImageAlias": write_alias(target)}
    return write_ds_store([*notes, view_settings("icvp", icons)])


def _place(name: str, point: Point) -> Note:
    return icon_place(name, point.x, point.y)


def _frame(dmg: DmgSettings) -> dict[str, object]:
    place, size = dmg.window_position, dmg.window_size
    shown = dict.fromkeys(("ShowStatusBar", "ShowTabView", "ShowToolbar"), False)
    hidden = dict.fromkeys(("ShowPathbar", "ShowSidebar", "ContainerShowSidebar"), False)
    bounds = f"{{{{{place.x}, {place.y}}}, {{{size.width}, {size.height}}}}}"
    return {**shown, **hidden, "PreviewPaneVisibility": False, "WindowBounds": bounds}


def _icons(dmg: DmgSettings) -> dict[str, object]:
    white = dict.fromkeys(
        ("backgroundColorRed", "backgroundColorGreen", "backgroundColorBlue"), 1.0
    )
    zeros = dict.fromkeys(("gridOffsetX", "gridOffsetY", "scrollPositionX", "scrollPositionY"), 0.0)
    return {
        **white,
        **zeros,
        "viewOptionsVersion": 1,
        "backgroundType": 0,
        "gridSpacing": 100.0,
        "arrangeBy": "none",
        "showIconPreview": False,
        "showItemInfo": False,
        "labelOnBottom": True,
        "textSize": 12.0,
        "iconSize": float(dmg.icon_size),
    }
