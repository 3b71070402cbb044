"""Which package of Arch Linux brings a shared library that Millennium's executables may need."""

from __future__ import annotations

from millennium_bundler.elf import is_elf, read_elf
from millennium_bundler.settings import BundleSettings
from millennium_bundler.tree import Tree

# https://archlinux.org/packages/ "Provides" and file lists; names that have been the same for years.
_PACKAGES = {
    **dict.fromkeys(
        (
            "libc.so.6",
            "libm.so.6",
            "libdl.so.2",
            "libpthread.so.0",
            "librt.so.1",
            "libutil.so.1",
            "libresolv.so.2",
            "ld-linux-x86-64.so.2",
            "ld-linux-aarch64.so.1",
        ),
        "glibc",
    ),
    **dict.fromkeys(("libgcc_s.so.1", "libstdc++.so.6"), "gcc-libs"),
    **dict.fromkeys(
        ("libglib-2.0.so.0", "libgobject-2.0.so.0", "libgio-2.0.so.0", "libgmodule-2.0.so.0"),
        "glib2",
    ),
    **dict.fromkeys(("libssl.so.3", "libcrypto.so.3"), "openssl"),
    **dict.fromkeys(("libgtk-3.so.0", "libgdk-3.so.0"), "gtk3"),
    **dict.fromkeys(("libwebkit2gtk-4.1.so.0", "libjavascriptcoregtk-4.1.so.0"), "webkit2gtk-4.1"),
    "libz.so.1": "zlib",
    "libbz2.so.1.0": "bzip2",
    "liblzma.so.5": "xz",
    "libffi.so.8": "libffi",
    "libexpat.so.1": "expat",
    "libsqlite3.so.0": "sqlite",
    "libuuid.so.1": "util-linux-libs",
    "libcairo.so.2": "cairo",
    "libgirepository-1.0.so.1": "gobject-introspection-runtime",
    "libgirepository-2.0.so.0": "glib2",
}
_LIBC = "libc.so.6"


def library_packages(settings: BundleSettings, tree: Tree) -> tuple[set[str], set[str]]:
    """Return the relations that bring what is needed, and the libraries nobody is known for."""
    carried = {file.path.rpartition("/")[2] for file in tree.files()}
    needed = set(settings.sonames)
    versions = {settings.symbol_versions.get(_LIBC, "")}
    for file in tree.files():
        if is_elf(file.data):
            elf = read_elf(file.data, place=file.path)
            needed.update(elf.needed)
            nodes = elf.versions.get(_LIBC, ())
            versions.update(n.removeprefix("GLIBC_") for n in nodes if n[-1:].isdigit())
    missing = needed - carried
    found = {_PACKAGES[soname] for soname in missing & _PACKAGES.keys()}
    newest = max(versions, key=_numbers)
    if newest and "glibc" in found:
        found = found - {"glibc"} | {f"glibc>={newest}"}
    return found, missing - _PACKAGES.keys()


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
