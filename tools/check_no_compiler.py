"""The control of `wheels`: with its settings, something that needs a compiler must fail.

Without this, "it installs without a compiler" could mean that one was found after all.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

SETUP = 'from setuptools import Extension, setup\nsetup(ext_modules=[Extension("c", ["c.c"])])\n'
PROJECT = '[project]\nname = "needs-a-compiler"\nversion = "0"\n'


def main() -> None:
    """Try to build an extension module twice; only the try with a compiler may succeed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "setup.py").write_text(SETUP, encoding="utf-8")
        (folder / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
        (folder / "c.c").write_text("#include <Python.h>\n", encoding="utf-8")
        if build(folder, {"CC": "false", "CXX": "false"}):
            raise SystemExit("an extension module was compiled although no compiler should work")
        if not build(folder, {}):
            raise SystemExit("the control is broken: it does not build with a compiler either")
    print("with CC=false nothing compiles; with a compiler the same project does")


def build(folder: Path, extra: dict[str, str]) -> bool:
    """Build the project's wheel; tell whether that went well."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--no-deps"]
    command = [*pip, "--wheel-dir", str(folder / "out"), str(folder)]
    answer = subprocess.run(command, env={**os.environ, **extra}, capture_output=True, check=False)
    return answer.returncode == 0


if __name__ == "__main__":
    main()
