"""A failed test is tried again, and named when it needed that.

Threads, processes and an engine of somebody else's take part in many thousand tests, and one of
them may meet a race. Such a test must pass `TRIES` times in a row to be called unsteady, which the
table shows; one that fails again has failed. More than `MOST` failures are no accident: nothing is
tried again. Attacks get no second try (`attacks`): one that got through once got through.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

TRIES = 2
MOST = 2
_BAD = {"failure": "failures", "error": "errors"}
"""What pytest's report writes under a test, and how it counts that in the head."""


def failed_tests(report: Path, root: Path) -> list[str]:
    """Read from pytest's report how pytest calls each test that failed."""
    cases = ET.parse(report).getroot().iter("testcase")
    return [_node(case, root) for case in cases if any(case.find(bad) is not None for bad in _BAD)]


def forgive(report: Path) -> None:
    """Rewrite pytest's report as if each test that failed in it had passed."""
    tree = ET.parse(report)
    for suite in tree.getroot().iter("testsuite"):
        for case in suite.iter("testcase"):
            for bad in [child for child in case if child.tag in _BAD]:
                case.remove(bad)
        for count in _BAD.values():
            suite.set(count, "0")
    tree.write(report, encoding="utf-8", xml_declaration=True)


def _node(case: ET.Element, root: Path) -> str:
    """Return the file, the classes and the name, joined as pytest takes them."""
    parts = case.get("classname", "").split(".")
    for end in range(len(parts), 0, -1):
        file = "/".join(parts[:end]) + ".py"
        if (root / file).is_file():
            return "::".join((file, *parts[end:], case.get("name", "")))
    return ""
