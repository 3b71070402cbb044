"""Use one installed distribution as a stranger would: `check_installed.py NAME`.

It must import, carry the version that its metadata says, lie outside this clone, and its
commands must answer ``--help``.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(requirement: str) -> None:
    """Check one distribution; raise when something is not as it should be."""
    name = requirement.split("[", 1)[0]
    distribution = importlib.metadata.distribution(name)
    module = importlib.import_module(name.replace("-", "_"))
    if module.__version__ != distribution.version:
        raise SystemExit(f"{name}: __version__ is not {distribution.version}")
    if ROOT.joinpath("packages") in Path(str(module.__file__)).parents:
        raise SystemExit(f"{name}: imported from the clone, not from the wheel")
    for entry in distribution.entry_points.select(group="console_scripts"):
        command = Path(sys.executable).with_name(entry.name)
        subprocess.run([command, "--help"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([sys.executable, "-m", "pip", "check"], check=True, stdout=subprocess.DEVNULL)
    print(f"{requirement} {distribution.version}: imported from {module.__file__}")


if __name__ == "__main__":
    main(sys.argv[1])
