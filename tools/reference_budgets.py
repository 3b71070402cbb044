"""The page of all performance budgets, from the table that the benchmark judges by."""

from __future__ import annotations

import sys

from reference_sources import ROOT, table

sys.path.insert(0, str(ROOT / "benchmarks"))

from budgets import BUDGETS

HEAD = """# Budgets

What `python3 dev.py bench` holds the measured values against; a missed one is marked in its table.
[Performance](../explanation/performance.md) says how they are measured. Ratios are ours divided by
the other's: below one we are quicker or smaller, except for calls in flight, where more is better.
"""


def render() -> str:
    """Return the page."""
    rows = [
        (each.text, "at most" if each.sign == "<=" else "at least", f"{each.bound:,g}")
        for each in BUDGETS
    ]
    return f"{HEAD}\n{table(('what', '', 'budget'), rows)}"
