"""How long builds of the hello example take, with empty and with filled caches, and their size.

``python benchmarks/build.py [--freezers native pyinstaller]``; writes build/bench/build.json.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from millennium_build.build import BuildRequest, build

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "build" / "bench" / "build.json"


def main() -> int:
    """Build with each freezer twice, cold and warm, without starting the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--freezers", nargs="+", default=["native", "pyinstaller"])
    results = {name: measure(name) for name in parser.parse_args().freezers}
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(results, indent=2) + "\n")
    sys.stdout.write(f"{'freezer':<14}{'cold s':>8}{'warm s':>8}{'bytes':>12}\n")
    for name, found in results.items():
        times = f"{found['cold_seconds']:>8.1f}{found['warm_seconds']:>8.1f}"
        sys.stdout.write(f"{name:<14}{times}{found['bytes']:>12,.0f}\n")
    return 0


def measure(freezer: str) -> dict[str, float]:
    """Return the seconds of a cold and a warm build and the size of the executable."""
    with tempfile.TemporaryDirectory() as folder:
        request = BuildRequest(
            root=ROOT / "examples" / "hello",
            freezer=freezer,
            verify=False,
            output=Path(folder, "out"),
            cache=Path(folder, "cache"),
        )
        cold, _ = _timed(request)
        warm, size = _timed(request)
        return {"cold_seconds": cold, "warm_seconds": warm, "bytes": size}


def _timed(request: BuildRequest) -> tuple[float, int]:
    start = time.monotonic()
    result = build(request)
    return round(time.monotonic() - start, 2), result.bytes


if __name__ == "__main__":
    sys.exit(main())
