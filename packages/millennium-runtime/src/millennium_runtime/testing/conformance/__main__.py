"""Makes the suite's checks on the probe named on the command line."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import ModuleType

from millennium_runtime.testing.conformance.suite import all_checks
from millennium_runtime.testing.conformance.verdict import (
    CANNOT,
    FAILED,
    PASSED,
    ProbeFactory,
    Verdict,
    judge,
    judge_here,
)

__all__ = ["main"]

_EXIT_CODES = {"passed": PASSED, "failed": FAILED, "cannot": CANNOT}


def main(arguments: Sequence[str] | None = None) -> int:
    """Make one check in this process, or all and show a table; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m millennium_runtime.testing.conformance", description=__doc__
    )
    parser.add_argument("probe", help="module:name or file.py:name of a RuntimeProbe class")
    parser.add_argument("--check", help="make only this check, in this process")
    options = parser.parse_args(arguments)
    factory = load_factory(options.probe)
    checks = {check.name: check for check in all_checks()}
    if options.check is None:
        return _judge_all(factory)
    if options.check not in checks:
        parser.error(f"there is no check {options.check!r}")
    verdict = judge_here(checks[options.check], factory())
    sys.stderr.write(verdict.reason)
    return _EXIT_CODES[verdict.status]


def load_factory(target: str) -> ProbeFactory:
    """Import "module:name" or "file.py:name"."""
    place, _, name = target.rpartition(":")
    module = _load_file(Path(place)) if place.endswith(".py") else importlib.import_module(place)
    factory: ProbeFactory = getattr(module, name)
    return factory


def _load_file(path: Path) -> ModuleType:
    loader = SourceFileLoader(path.stem, str(path))
    spec = ModuleSpec(path.stem, loader, origin=str(path))
    spec.has_location = True
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    loader.exec_module(module)
    return module


def _judge_all(factory: ProbeFactory) -> int:
    verdicts = []
    for check in all_checks():
        verdict = judge(check, factory)
        verdicts.append(verdict)
        sys.stdout.write(_line(verdict))
        sys.stdout.flush()
    failed = sum(verdict.status == "failed" for verdict in verdicts)
    sys.stdout.write(f"{len(verdicts)} checks, {failed} failed\n")
    return FAILED if failed else PASSED


def _line(verdict: Verdict) -> str:
    reason = f": {verdict.reason}" if verdict.reason else ""
    return f"{verdict.status:6} {verdict.check.rule:12} {verdict.check.name}{reason}\n"


if __name__ == "__main__":
    sys.exit(main())
