"""The plan holds modules, data, metadata and what they come from."""

from __future__ import annotations

import sys
from importlib.metadata import version

import pytest

from millennium_build.errors import ModuleMissingError, SourceError
from millennium_build.freeze.plan.unresolved import ADVICE

CHOOSER = "def get(name):\n    return __import__(name)\n"


def test_own_modules_are_marked(plan) -> None:
    made = plan({"main.py": "import mine, json", "mine.py": ""})
    own = {module.name for module in made.modules if module.is_own}
    assert own == {"__millennium_main__", "mine"}


def test_module_that_is_asked_for_and_missing_ends_the_plan(plan) -> None:
    with pytest.raises(ModuleMissingError, match="no_such_module"):
        plan({"main.py": ""}, include=("no_such_module",))


def test_module_that_is_asked_for_comes(plan) -> None:
    made = plan({"main.py": "", "extra.py": ""}, include=("extra",))
    assert "extra" in {module.name for module in made.modules}


def test_syntax_error_names_the_file(plan) -> None:
    with pytest.raises(SourceError, match=r"main\.py"):
        plan({"main.py": "def\n"})


def test_data_of_the_apps_package_comes_without_its_page(plan, tmp_path) -> None:
    made = plan(
        {
            "p/__init__.py": "",
            "p/__main__.py": "",
            "p/words.txt": "x",
            "p/ui/index.html": "x",
            "p/__pycache__/a.pyc": "",
        },
        main="p/__main__.py",
        without_data=(tmp_path / "p" / "ui",),
    )
    assert list(made.data) == ["p/words.txt"]


def test_data_of_a_library_comes_when_it_reads_resources(plan) -> None:
    made = plan(
        {
            "main.py": "import reads, does_not",
            "reads/__init__.py": "import importlib.resources",
            "reads/deep/words.txt": "",
            "does_not/__init__.py": "",
            "does_not/words.txt": "",
        }
    )
    assert list(made.data) == ["reads/deep/words.txt"]
    assert "reads.deep" in made.namespaces


def test_data_comes_when_it_is_asked_for(plan) -> None:
    files = {"main.py": "import lib", "lib/__init__.py": "", "lib/words.txt": ""}
    assert list(plan(files, include_data=("lib",)).data) == ["lib/words.txt"]


def test_metadata_comes_when_the_app_may_read_it(plan) -> None:
    made = plan({"main.py": "import importlib.metadata, msgspec"})
    name = f"msgspec-{version('msgspec')}.dist-info/METADATA"
    assert b"Name: msgspec" in made.generated[name]


def test_metadata_stays_out_when_nobody_asks(plan) -> None:
    made = plan({"main.py": "import msgspec"})
    assert made.generated == {}
    assert "msgspec" in {found.name for found in made.distributions}


def test_package_that_needs_files_is_told(plan) -> None:
    made = plan({"main.py": "import torch", "torch.py": ""})
    assert "file system" in made.needs_files["torch"]


@pytest.mark.skipif(sys.platform != "linux", reason="needs the sonames of Linux")
def test_system_libraries_are_told(plan) -> None:
    assert "libsqlite3.so.0" in plan({"main.py": "import sqlite3"}).system_libraries


def test_plan_is_the_same_twice(plan) -> None:
    files = {"main.py": "import asyncio, json, sqlite3"}
    assert plan(files) == plan(files)


def test_import_by_a_name_made_at_run_time_is_told(plan) -> None:
    made = plan({"main.py": "import p.a\n" + CHOOSER, "p/__init__.py": "", "p/a.py": CHOOSER * 2})
    assert made.warnings == (
        "main.py imports what is known only when it runs: __import__(name)",
        f"p.a imports what is known only when it runs: __import__(name) and 1 more; {ADVICE}",
    )


def test_long_call_is_told_shortly(plan) -> None:
    made = plan({"main.py": CHOOSER.replace("t__(name", f"t__(name + '{'x' * 80}'")})
    assert "xxx…; name what it may choose" in made.warnings[0]


@pytest.mark.parametrize(
    ("files", "include"),
    [
        ({"main.py": "import p", "p.py": CHOOSER}, ("p",)),
        ({"main.py": "import p.q", "p/__init__.py": "", "p/q/__init__.py": CHOOSER}, ()),
        ({"main.py": "import numpy", "numpy.py": CHOOSER}, ()),
        ({"main.py": "import doctest, pkgutil"}, ()),
    ],
    ids=["named-by-the-user", "package-of-choices", "known-by-rules", "standard-library"],
)
def test_choice_that_is_cared_for_is_not_told(plan, files, include) -> None:
    assert plan(files, include=include).warnings == ()
