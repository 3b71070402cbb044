"""Fuzz one target in this process: ``fuzz_one.py NAME`` and libFuzzer's own options.

Needs atheris on the path; `fuzz.py` starts it.
"""

from __future__ import annotations

import sys

import atheris

PARSERS = [
    "millennium",
    "millennium_bundler",
    "fuzz_targets",
    "fuzz_bundler",
    "json5",
    "tarfile",
    "plistlib",
]
with atheris.instrument_imports(include=PARSERS):
    import fuzz_targets

TARGETS = {**fuzz_targets.TARGETS, "planted": fuzz_targets.CONTROL}


def main() -> None:
    """Fuzz until the time is over, or something is found."""
    name = sys.argv.pop(1)
    atheris.Setup(sys.argv, TARGETS[name].run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
