"""Our packages beside those of others: the same program of 10 MB, in turn.

``python benchmarks/bundle.py [--rounds 5]`` writes build/bench/bundle.json. Times of ours include reading the
package back. dpkg-deb and rpmbuild pack the very files of our package at the same compression, and are what the
budgets are about; nfpm and `tauri bundle` are shown beside.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import statistics
import sys
import sysconfig
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from bundle_peers import NAME, PEERS, VERSION, Job, MissingError, Peer

from millennium_bundler.bundle import BundleOptions, bundle, formats_for, load_formats
from millennium_bundler.formats.deb import read_deb
from millennium_bundler.formats.interface import Package
from millennium_bundler.output import write_package
from millennium_bundler.settings import Manifest, load_manifest

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "build" / "bench" / "bundle.json"
PROGRAM_BYTES = 10_000_000
BUDGETS = {
    "deb_time_vs_dpkg_deb": 1.2,
    "deb_size_vs_dpkg_deb": 1.01,
    "rpm_time_vs_rpmbuild": 1.2,
    "rpm_size_vs_rpmbuild": 1.01,
    "all_linux_seconds": 15.0,
}


@dataclass
class Measured:
    """Seconds and sizes by tool and format.

    Attributes:
        seconds: Tool → one number a round.
        sizes: "tool format" → bytes.
        missing: Tool → why it did not run.
    """

    seconds: dict[str, list[float]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)


def main() -> int:
    """Measure, write and print; return 1 when a budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder), rounds)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(result, indent=2) + "\n")
    return show(result)


def measure(folder: Path, rounds: int) -> dict[str, object]:
    """Return medians, sizes and ratios."""
    manifest = make_manifest(folder / "program")
    tree = unpack(manifest, folder / "tree")
    measured = Measured()
    peers = prepare(folder, manifest, tree, measured)
    for _ in range(rounds):
        for kind in ("deb", "rpm"):
            time_ours(manifest, kind, folder / "ours", measured)
        for peer in peers:
            seconds, files = peer.timed()
            measured.seconds.setdefault(peer.name, []).append(seconds)
            for kind, path in files.items():
                measured.sizes[f"{peer.name} {kind}"] = path.stat().st_size
    seconds, formats, left_out = time_all(manifest, folder / "all")
    medians = {name: statistics.median(each) for name, each in measured.seconds.items()}
    return {
        "ratios": {**ratios(measured), "all_linux_seconds": seconds},
        "seconds": medians,
        "bytes": measured.sizes,
        "linux_formats": formats,
        "left_out": left_out,
        "missing": measured.missing,
    }


def make_manifest(folder: Path) -> Manifest:
    """Write a program of 10 MB, as like a real one as this machine has: machine code of Python's own."""
    folder.mkdir()
    code = Path("/bin/true").read_bytes()
    for path in sorted(Path(sysconfig.get_path("stdlib")).rglob("*.so")):
        code += path.read_bytes()
    while len(code) < PROGRAM_BYTES:
        code += Path(sys.executable).resolve().read_bytes()
    program = code[:PROGRAM_BYTES]
    (folder / NAME).write_bytes(program)
    (folder / NAME).chmod(0o755)
    document = {
        "schema": 1,
        "identifier": "org.example.Hello",
        "product_name": "Hello",
        "binary_name": NAME,
        "version": VERSION,
        "description": "A program of ten megabytes",
        "publisher": "Ada Lovelace",
        "email": "ada@example.org",
        "license": "MIT",
        "target": "x86_64-linux-gnu",
        "executable": NAME,
        "executable_sha256": hashlib.sha256(program).hexdigest(),
        "verified": True,
    }
    (folder / "bundle-manifest.json").write_text(json.dumps(document))
    return load_manifest(folder / "bundle-manifest.json")


def unpack(manifest: Manifest, folder: Path) -> Path:
    """Write the files of our .deb, with its control file, for the others to pack."""
    [made] = load_formats(["deb"])[0].make(manifest)
    contents = read_deb(made.file)
    write_package(Package(file_name="tree", data=contents.tree), folder)
    control = folder / "tree" / "DEBIAN"
    control.mkdir()
    (control / "control").write_bytes(contents.control.to_bytes())
    return folder / "tree"


def prepare(folder: Path, manifest: Manifest, tree: Path, measured: Measured) -> list[Peer]:
    """Return the peers that can run here; remember why the others cannot."""
    executable = manifest.resolve(manifest.settings.executable)
    ready: list[Peer] = []
    for kind in PEERS:
        try:
            peer = kind(Job(folder=folder / kind.__name__, executable=executable, tree=tree))
            peer.timed()
            ready.append(
                kind(Job(folder=folder / f"{kind.__name__}-2", executable=executable, tree=tree))
            )
        except MissingError as error:
            measured.missing[kind.name] = str(error)
    return ready


def time_ours(manifest: Manifest, kind: str, folder: Path, measured: Measured) -> None:
    """Make one of our packages."""
    options = BundleOptions(output=folder, with_lint=False)
    start = time.monotonic()
    [made] = bundle(manifest, load_formats([kind]), options).made
    measured.seconds.setdefault(f"ours {kind}", []).append(time.monotonic() - start)
    measured.sizes[f"ours {kind}"] = made.size_bytes


def time_all(manifest: Manifest, folder: Path) -> tuple[float, list[str], dict[str, str]]:
    """Make every format for Linux at once; return seconds, what was made, and what was not and why."""
    options = BundleOptions(output=folder, with_lint=False)
    start = time.monotonic()
    done = bundle(manifest, formats_for(manifest), options)
    seconds = time.monotonic() - start
    left_out = {failure.target: failure.error.message for failure in done.failed}
    return seconds, [made.target for made in done.made], left_out


def ratios(measured: Measured) -> dict[str, float]:
    """Return ours to dpkg-deb and rpmbuild: medians of the rounds' ratios."""
    found: dict[str, float] = {}
    for kind, peer in (("deb", "dpkg-deb"), ("rpm", "rpmbuild")):
        if peer in measured.missing:
            continue
        pairs = zip(measured.seconds[f"ours {kind}"], measured.seconds[peer], strict=True)
        key = peer.replace("-", "_")
        found[f"{kind}_time_vs_{key}"] = statistics.median(ours / theirs for ours, theirs in pairs)
        sizes = measured.sizes
        found[f"{kind}_size_vs_{key}"] = sizes[f"ours {kind}"] / sizes[f"{peer} {kind}"]
    return found


def show(result: dict[str, object]) -> int:
    """Print the table; return 1 when a budget is missed."""
    found = dict(result["ratios"])  # type: ignore[call-overload]  # our own document
    lines = [f"{'what':<28}{'measured':>10}  {'budget':>8}"]
    misses = 0
    for name, bound in BUDGETS.items():
        value = found.get(name)
        if value is None:
            lines.append(f"{name:<28}{'-':>10}  not here")
            continue
        misses += value > bound
        verdict = "holds" if value <= bound else "MISSED"
        lines.append(f"{name:<28}{value:>10.3f}  {bound:>8}  {verdict}")
    rest = ("seconds", "bytes", "linux_formats", "left_out", "missing")
    lines.extend(f"{key}: {json.dumps(result[key])}" for key in rest)
    sys.stdout.write("\n".join(lines) + "\n")
    return int(misses > 0)


if __name__ == "__main__":
    sys.exit(main())
