"""Fetch what the AppImage runtime for another machine is linked with: `foreign_root.py aarch64 FOLDER`.

apt downloads musl and libzstd of that architecture into a folder, with lists and caches of its own there:
the system's own architectures and packages stay as they are. Then:

    apt-get install gcc-aarch64-linux-gnu
    python -m millennium_bundler.native FOLDER
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ARCHITECTURES = {"aarch64": "arm64", "x86_64": "amd64"}
PACKAGES = ("musl-dev", "libzstd-dev")


def main(machine: str, folder: Path) -> None:
    """Fetch and unpack the packages; nothing is installed."""
    root, state = folder.resolve(), folder.resolve() / ".apt"
    for name in ("lists/partial", "cache/archives/partial", "packages"):
        (state / name).mkdir(parents=True, exist_ok=True)
    architecture = ARCHITECTURES[machine]
    settings = {
        "APT::Architecture": architecture,
        "APT::Architectures::": architecture,
        "APT::Sandbox::User": "root",
        "Dir::State::lists": str(state / "lists"),
        "Dir::State::status": "/dev/null",
        "Dir::Cache": str(state / "cache"),
    }
    options = [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]
    subprocess.run(["apt-get", *options, "update"], check=True)
    wanted = [f"{package}:{architecture}" for package in PACKAGES]
    packages = state / "packages"
    subprocess.run(["apt-get", *options, "download", *wanted], cwd=packages, check=True)
    for package in sorted(packages.glob("*.deb")):
        subprocess.run(["dpkg-deb", "--extract", package, root], check=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
