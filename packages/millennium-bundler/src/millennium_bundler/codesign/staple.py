"""An application handed in to the notary: as a zip with its links and rights, and with its ticket afterwards.

The ticket is a file of its own, beside the seal and not in it: ``Contents/CodeResources``. It is looked up by the
code of the app's main program, of its first machine.

Source: https://github.com/indygreg/apple-platform-rs ``apple-codesign/src/stapling.rs`` (where the ticket lies, and
its name)
"""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from millennium_bundler.codesign.bundle import find_bundles
from millennium_bundler.codesign.codesign_tool import write_tree
from millennium_bundler.codesign.notary import Notary
from millennium_bundler.codesign.own import moved
from millennium_bundler.codesign.resources import TICKET_PLACE
from millennium_bundler.codesign.verify import verify_app, verify_macho
from millennium_bundler.errors import SignError
from millennium_bundler.tree import File, Folder, Link, Tree

TICKET = f"Contents/{TICKET_PLACE}"
_UNIX = 3
_LEVEL = 6


def main_code(app: Tree) -> bytes:
    """Return the hash that names an application's code: of the main program, its first machine.

    Args:
        app: What lies in the ``.app`` folder.

    Raises:
        SignError: It is not signed.
    """
    bundle = next(one for one in find_bundles(app) if not one.outer)
    data = next(file.data for file in app.files() if file.path == bundle.executable)
    return verify_macho(data, place=bundle.executable).cdhashes[0]


def notarised_app(app: Tree, name: str, notary: Notary) -> Tree:
    """Return a signed application with the notary's ticket.

    Args:
        app: What lies in the ``.app`` folder.
        name: Of the folder.
        notary: Who is asked.

    Raises:
        SignError: Its signature does not hold, it is refused, or there is no ticket.
    """
    verify_app(app)
    with TemporaryDirectory(prefix="millennium-") as place:
        packed, folder = Path(place) / f"{name}.zip", Path(place) / name
        packed.write_bytes(zipped(moved(app, "", f"{name}/")))
        notary.notarise(packed)
        folder.mkdir()
        write_tree(app, folder)
        notary.staple(folder)
        ticket = _read_ticket(folder / TICKET)
    found = Tree(date=app.date)
    for entry in app:
        if not isinstance(entry, Folder) and entry.path != TICKET:
            found.add(entry)
    found.file(TICKET, ticket)
    return found


def zipped(tree: Tree) -> bytes:
    """Return a zip that keeps links and rights; the same tree gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for entry in tree:
            match entry:
                case File():
                    _put(archive, entry.path, stat.S_IFREG | entry.mode, entry.data)
                case Link():
                    _put(archive, entry.path, stat.S_IFLNK | 0o755, entry.target.encode())
                case Folder():
                    _put(archive, f"{entry.path}/", stat.S_IFDIR | entry.mode, b"")
    return out.getvalue()


def _put(archive: zipfile.ZipFile, name: str, mode: int, data: bytes) -> None:
    # Without a date it has the first that a zip can have.
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = _UNIX, mode << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, data)


def _read_ticket(path: Path) -> bytes:
    try:
        ticket = path.read_bytes()
    except OSError:
        ticket = b""
    if not ticket:
        message = f"the notary accepts {path.parent.parent.name}, but there is no ticket in it"
        raise SignError(message, code="notary.refused", help="ask again later")
    return ticket
