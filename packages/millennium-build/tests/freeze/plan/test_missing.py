"""Own code that cannot start ends the plan; what may well run does not."""

from __future__ import annotations

import sys

import pytest

from millennium_build.errors import ModuleMissingError


@pytest.mark.parametrize(
    ("files", "named", "place"),
    [
        ({"main.py": "import json\nimport nmpy"}, "'nmpy'", "main.py:2:1"),
        ({"main.py": "from nmpy.linalg import norm"}, "'nmpy.linalg'", "main.py:1:1"),
        ({"main.py": "import mine", "mine.py": "\n\nimport nmpy"}, "'nmpy'", "mine.py:3:1"),
        (
            {"p/__init__.py": "", "p/__main__.py": "from .gone import x"},
            "'p.gone'",
            "__main__.py:1:1",
        ),
        ({"p/__init__.py": "import nmpy", "p/__main__.py": ""}, "'nmpy'", "__init__.py:1:1"),
    ],
    ids=["main", "below", "own", "relative", "package"],
)
def test_what_surely_fails_is_told_with_its_place(plan, files, named, place) -> None:
    main = next((name for name in files if name.endswith("__main__.py")), "main.py")
    with pytest.raises(ModuleMissingError) as caught:
        plan(files, main=main)
    assert caught.value.message == f"there is no module {named}"
    assert str(caught.value.location).endswith(f"/{place}")
    assert sys.executable in caught.value.help


@pytest.mark.parametrize(
    "files",
    [
        {"main.py": "try:\n    import nmpy\nexcept ImportError:\n    pass"},
        {"main.py": "def f():\n    import nmpy"},
        {"main.py": "import sys\nif sys.argv:\n    import nmpy"},
        {"main.py": "match 1:\n    case 2:\n        import nmpy"},
        {"main.py": "for _ in ():\n    import nmpy"},
        {"main.py": "import os.path, __main__, zipimport"},
        {"main.py": "import sys\nsys.path.append('vendor')\nimport vendored"},
        {"main.py": "def f():\n    import mine", "mine.py": "import nmpy"},
        {"main.py": "import lib", "site-packages/lib.py": "import nmpy"},
    ],
    ids=[
        *("try", "function", "branch", "match", "loop", "standard", "own path", "lazy"),
        "installed",
    ],
)
def test_what_may_run_is_no_error(plan, files, tmp_path) -> None:
    made = plan(files, search=(tmp_path / "site-packages",))
    assert made.main == "__millennium_main__"
