"""An application with everything that signing must tell apart."""

from __future__ import annotations

import plistlib

from mac_programs import thin, universal
from millennium_bundler.tree import Link, Tree

FRAMEWORK = "Contents/Frameworks/Own.framework"
NESTED = "Contents/Helpers/Inner.app/Contents"


def info(executable: str, identifier: str) -> bytes:
    """An Info.plist."""
    return plistlib.dumps({"CFBundleExecutable": executable, "CFBundleIdentifier": identifier})


def contents() -> Tree:
    """What lies in the ``.app`` folder, unsigned."""
    tree = Tree(date=1_735_689_600)
    tree.file("Contents/Info.plist", info("hello", "org.example.Hello"))
    tree.file("Contents/PkgInfo", b"APPL????")
    both = universal(thin("x86_64", content=b"x" * 50_000), thin("aarch64", content=b"y" * 70_000))
    tree.file("Contents/MacOS/hello", both, mode=0o755)
    tree.file("Contents/MacOS/helper", thin(), mode=0o755)
    tree.file("Contents/Frameworks/libown.1.dylib", thin(kind=6), mode=0o755)
    tree.file("Contents/Resources/addon.so", thin(kind=8))
    tree.file("Contents/Resources/icon.icns", b"icon")
    tree.file("Contents/Resources/en.lproj/a.strings", b"1")
    tree.file("Contents/Resources/Base.lproj/a.strings", b"2")
    tree.file("Contents/Resources/.DS_Store", b"3")
    tree.add(Link(path="Contents/Resources/link", target="icon.icns"))
    tree.file("Contents/Library/x.dat", b"4")
    _add_framework(tree)
    tree.file(f"{NESTED}/Info.plist", info("inner", "org.example.Inner"))
    tree.file(f"{NESTED}/MacOS/inner", thin(), mode=0o755)
    tree.file("Contents/Resources/plain.bundle/Contents/Info.plist", info("gone", "x.y"))
    return tree


def _add_framework(tree: Tree) -> None:
    version = f"{FRAMEWORK}/Versions/A"
    tree.file(f"{version}/Own", thin(kind=6), mode=0o755)
    tree.file(f"{version}/Resources/Info.plist", info("Own", "org.example.Own"))
    tree.file(f"{version}/Resources/x.txt", b"5")
    tree.add(Link(path=f"{FRAMEWORK}/Versions/Current", target="A"))
    tree.add(Link(path=f"{FRAMEWORK}/Own", target="Versions/Current/Own"))
    tree.add(Link(path=f"{FRAMEWORK}/Resources", target="Versions/Current/Resources"))
