"""Give all five distributions one new version: `set_version.py VERSION`."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(version: str) -> None:
    """Rewrite versions, sibling pins and `__version__` of every package."""
    if not re.fullmatch(r"\d+\.\d+\.\d+((a|b|rc)\d+)?", version):
        raise SystemExit(f"not a version: {version}")
    for project in sorted((ROOT / "packages").glob("*/pyproject.toml")):
        text = project.read_text(encoding="utf-8")
        old = tomllib.loads(text)["project"]["version"]
        text = text.replace(f'version = "{old}"', f'version = "{version}"', 1)
        text = re.sub(rf'("millennium[a-z\[\]-]*==){re.escape(old)}"', rf'\g<1>{version}"', text)
        project.write_text(text, encoding="utf-8")
        name = project.parent.name.replace("-", "_")
        facade = project.parent / "src" / name / "__init__.py"
        source = facade.read_text(encoding="utf-8")
        source = source.replace(f'__version__ = "{old}"', f'__version__ = "{version}"')
        facade.write_text(source, encoding="utf-8")
        print(f"{project.parent.name}: {old} -> {version}")
    set_npm_version(version)


def set_npm_version(version: str) -> None:
    """Rewrite the version of the page's side, which is the first in its manifest and its lock."""
    folder = ROOT / "packages" / "millennium" / "js"
    own = re.compile(r'("name": "@millennium/api",\s+"version": )"[^"]+"')
    for name in ("package.json", "package-lock.json"):
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(own.sub(rf'\g<1>"{version}"', text), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
