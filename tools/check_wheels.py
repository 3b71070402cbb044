"""Look into built wheels: `check_wheels.py FOLDER`.

1. All five are there, and nothing else.
2. Each carries both licence texts and `py.typed`.
3. Scripts and the compiled parts of the native freezer are there, tests and caches are not.
4. Each requires its siblings by ``==`` and the version it has itself.
"""

from __future__ import annotations

import email
import platform
import re
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NATIVE = f"millennium_build/_native/{platform.machine()}-linux-gnu"
RUNTIME = f"millennium_bundler/_native/{platform.machine()}/appimage-runtime"
LICENCES = ("LICENSE-APACHE", "LICENSE-MIT")
STRAY = re.compile(r"^(?:\w+/)?tests/|\.pdm-build|__pycache__")
CARRIES = {
    "millennium": {"millennium/js/bootstrap/page.js", "millennium/js/src/core.js"},
    "millennium_build": set() if sys.platform != "linux" else {f"{NATIVE}/stub"},
    "millennium_bundler": set() if sys.platform != "linux" else {RUNTIME, f"{RUNTIME}.sha256"},
}
"""What a wheel carries besides modules."""


def main(folder: Path) -> None:
    """Check every wheel of a folder; list what is wrong and fail when anything is."""
    expected = {path.parent.name for path in (ROOT / "packages").glob("*/pyproject.toml")}
    wheels = sorted(folder.glob("*.whl"))
    found = {path.name.split("-", 1)[0].replace("_", "-") for path in wheels}
    complaints = [f"missing: {name}" for name in sorted(expected - found)]
    complaints += [f"unexpected: {name}" for name in sorted(found - expected)]
    for wheel in wheels:
        complaints += [f"{wheel.name}: {complaint}" for complaint in inspect(wheel, expected)]
        print(f"{wheel.name}: {wheel.stat().st_size:,} bytes")
    if complaints:
        raise SystemExit("\n".join(complaints))


def inspect(wheel: Path, siblings: set[str]) -> list[str]:
    """List what is wrong with one wheel."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = next(name for name in names if name.endswith(".dist-info/METADATA"))
        fields = email.message_from_bytes(archive.read(metadata))
    complaints = [
        f"no {licence}"
        for licence in LICENCES
        if not any(name.endswith(f".dist-info/licenses/{licence}") for name in names)
    ]
    if not any(name.endswith("/py.typed") for name in names):
        complaints.append("no py.typed")
    complaints += [f"holds {name}" for name in names if STRAY.search(name)]
    complaints += [
        f"no {name}" for name in CARRIES.get(wheel.name.split("-", 1)[0], set()) - {*names}
    ]
    for requirement in fields.get_all("Requires-Dist", []):
        name = re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0]
        pinned = f"=={fields['Version']}" in requirement.replace(" ", "")
        if name in siblings and not pinned:
            complaints.append(f"{requirement} is not pinned to {fields['Version']}")
    return complaints


if __name__ == "__main__":
    main(Path(sys.argv[1]))
