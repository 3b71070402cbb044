"""One behavioural suite for every runtime: the mock, the system webviews, and yours.

Write a `RuntimeProbe` for your runtime and give its class to `check_runtime`, or, with pytest:

```python
@pytest.mark.parametrize("check", all_checks(), ids=str)
def test_my_runtime_keeps_the_promise(check: Check) -> None:
    run_check(check, MyProbe)
```

Each check names the rule it is about: a module of `millennium_runtime` and a number in that
module's docstring. On the command line:
``python -m millennium_runtime.testing.conformance MODULE:PROBE [--check NAME]``.
"""

from __future__ import annotations

from millennium_runtime.testing.conformance.check import Check
from millennium_runtime.testing.conformance.probe import RuntimeProbe
from millennium_runtime.testing.conformance.suite import (
    CannotCheckError,
    ConformanceError,
    all_checks,
    check_runtime,
    run_check,
)
from millennium_runtime.testing.conformance.verdict import Verdict

__all__ = [
    "CannotCheckError",
    "Check",
    "ConformanceError",
    "RuntimeProbe",
    "Verdict",
    "all_checks",
    "check_runtime",
    "run_check",
]
