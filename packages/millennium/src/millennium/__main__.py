"""``python -m millennium``: the command line, when the package that has it is installed."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points

ENVIRONMENT_FAILURE = 3
_MISSING = """\
error[M0190]: the millennium command is not installed here
  = the command line is in the package millennium-build
  = help: {python} -m pip install "millennium[cli]"
"""


def main() -> int:
    """Hand over to millennium-build's command; say which package has it when it is missing."""
    found = entry_points(group="console_scripts", name="millennium")
    if not found:
        sys.stderr.write(_MISSING.format(python=sys.executable))
        return ENVIRONMENT_FAILURE
    command = next(iter(found)).load()
    return int(command() or 0)


if __name__ == "__main__":
    sys.exit(main())
