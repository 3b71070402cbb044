"""Our .deb writer beside dpkg-deb: the same files, the same compression, in turn.

``python benchmarks/bundle.py [--rounds 5]``; bundles the hello example and writes build/bench/bundle.json.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from millennium_build.build import BuildRequest, build
from millennium_bundler.bundle import BundleOptions, bundle, load_formats
from millennium_bundler.settings import load_manifest

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "build" / "bench" / "bundle.json"


def main() -> int:
    """Bundle, unpack, pack again with dpkg-deb, and compare times and sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder), rounds)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(result, indent=2) + "\n")
    sys.stdout.write("".join(f"{name:<22}{value:>10,.4g}\n" for name, value in result.items()))
    return 0


def measure(folder: Path, rounds: int) -> dict[str, float]:
    """Return medians and their ratio; ours includes reading the package back."""
    request = BuildRequest(root=ROOT / "examples" / "hello", verify=False, output=folder / "dist")
    manifest = load_manifest(build(request).manifest)
    options = BundleOptions(output=folder, allow_unverified=True, with_lint=False)
    formats = load_formats(["deb"])
    tree = folder / "tree"
    made = bundle(manifest, formats, options).made[0]
    subprocess.run(["dpkg-deb", "-R", made.path, tree], check=True)
    packed = folder / "dpkg.deb"
    ours, theirs = [], []
    for _ in range(rounds):
        start = time.monotonic()
        made = bundle(manifest, formats, options).made[0]
        ours.append(time.monotonic() - start)
        start = time.monotonic()
        subprocess.run(
            ["dpkg-deb", "--root-owner-group", "-Zxz", "-b", tree, packed],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        theirs.append(time.monotonic() - start)
    return {
        "ours_seconds": statistics.median(ours),
        "dpkg_seconds": statistics.median(theirs),
        "time_ratio": statistics.median(a / b for a, b in zip(ours, theirs, strict=True)),
        "size_ratio": made.size_bytes / packed.stat().st_size,
    }


if __name__ == "__main__":
    sys.exit(main())
