"""Fuzz one target in this process: ``fuzz_one.py NAME`` and libFuzzer's own options.

Needs atheris on the path; `fuzz.py` starts it.
"""

from __future__ import annotations

import sys

import atheris

# Instrumenting takes seconds, so that each target has only what it reaches.
OF_BUNDLER = ["millennium_bundler", "fuzz_bundler", "tarfile", "plistlib"]
OTHERS = ["millennium", "fuzz_targets", "json5"]
IS_OF_BUNDLER = sys.argv[1] in {"archives", "images", "programs", "signed"}

with atheris.instrument_imports(include=OF_BUNDLER if IS_OF_BUNDLER else OTHERS):
    import fuzz_targets

TARGETS = {**fuzz_targets.TARGETS, "planted": fuzz_targets.CONTROL}


def main() -> None:
    """Fuzz until the time is over, or something is found."""
    name = sys.argv.pop(1)
    atheris.Setup(sys.argv, TARGETS[name].run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
