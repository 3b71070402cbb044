"""Look into the packed npm package: `check_npm.py FOLDER`.

1. It carries each module of ``js/src`` and its types, ``package.json``, and nothing else.
2. Every path that ``exports`` names is there.
3. It has the version of the wheels.
"""

from __future__ import annotations

import json
import sys
import tarfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "packages" / "millennium" / "js" / "src"
PROJECT = ROOT / "packages" / "millennium" / "pyproject.toml"


def main(folder: Path) -> None:
    """Check the one package of a folder; list what is wrong and fail when anything is."""
    (package,) = folder.glob("*.tgz")
    with tarfile.open(package) as archive:
        files = {member.name: member for member in archive.getmembers() if member.isfile()}
        text = archive.extractfile("package/package.json")
        manifest = json.loads(text.read() if text else "{}")
    names = {name.removeprefix("package/") for name in files}
    modules = {path.stem for path in SOURCES.glob("*.js")}
    expected = {"package.json", *(f"src/{name}.js" for name in modules)}
    expected |= {f"types/{name}.d.ts" for name in modules}
    complaints = [f"missing: {name}" for name in sorted(expected - names)]
    complaints += [f"unexpected: {name}" for name in sorted(names - expected)]
    for entry in manifest["exports"].values():
        paths = (path.removeprefix("./").replace("*", "index") for path in entry.values())
        complaints += [f"exports name {path}" for path in paths if path not in names]
    version = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["version"]
    if manifest["version"] != version:
        complaints.append(f"version {manifest['version']} instead of {version}")
    if complaints:
        raise SystemExit("\n".join(complaints))
    print(f"{package.name}: {len(modules)} modules, each with types")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
