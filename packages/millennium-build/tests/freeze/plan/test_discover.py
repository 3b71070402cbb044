"""What an app can import is in; what it cannot, or must not, is not."""

from __future__ import annotations

import sys

from millennium_build.freeze.plan.model import ModulePlan


def _names(plan: ModulePlan) -> set[str]:
    return {each.name for each in plan.modules} | {each.name for each in plan.extensions}


def _reasons(plan: ModulePlan) -> dict[str, str]:
    return {each.name: each.reason for each in plan.leftovers}


def test_lazy_import_of_an_own_module_is_followed(plan) -> None:
    made = plan(
        {"main.py": "def f():\n    import lazy", "lazy.py": "import deeper", "deeper.py": ""}
    )
    assert {"lazy", "deeper"} <= _names(made)


def test_branch_of_another_platform_is_not(plan) -> None:
    made = plan(
        {"main.py": "import sys\nif sys.platform == 'win32':\n    import other", "other.py": ""}
    )
    assert "other" not in _names(made)


def test_relative_import_and_submodule_are_followed(plan) -> None:
    made = plan(
        {
            "p/__init__.py": "",
            "p/__main__.py": "from . import one\nfrom .two import three",
            "p/one.py": "",
            "p/two/__init__.py": "",
            "p/two/three.py": "",
        },
        main="p/__main__.py",
    )
    assert {"p", "p.one", "p.two", "p.two.three", "p.__millennium_main__"} <= _names(made)
    assert made.main == "p.__millennium_main__"


def test_lazy_package_is_followed_by_its_strings(plan) -> None:
    made = plan(
        {
            "main.py": "import p",
            "p/__init__.py": "M = {'x': '.sub'}\ndef __getattr__(n):\n    import_module(M[n])",
            "p/sub.py": "",
        }
    )
    assert "p.sub" in _names(made)
    assert made.unresolved["p"] == ("import_module(M[n])",)


def test_package_of_choices_comes_whole(plan) -> None:
    chooser = "def get(name):\n    return __import__(f'p.styles.{name}', None, None, ['x'])"
    made = plan(
        {
            "main.py": "import p.styles, p.rest",
            "p/__init__.py": "",
            "p/other.py": "",
            "p/styles/__init__.py": chooser,
            "p/styles/plain.py": "import colours",
            "p/rest/__init__.py": "",
            "p/rest/alone.py": "",
            "colours.py": "",
        }
    )
    assert {"p.styles.plain", "colours"} <= _names(made)
    assert _names(made).isdisjoint({"p.other", "p.rest.alone"})


def test_excluded_module_comes_when_the_app_asks_lazily(plan) -> None:
    assert "doctest" in _names(plan({"main.py": "def f():\n    import doctest"}))


def test_excluded_module_stays_out_when_a_library_asks_lazily(plan) -> None:
    made = plan({"main.py": "import difflib, pickle"})
    assert "doctest" not in _names(made)


def test_excluded_module_comes_when_a_library_surely_needs_it(plan) -> None:
    assert "bdb" in _names(plan({"main.py": "import pdb"}))


def test_disabled_module_is_out_even_when_imported(plan) -> None:
    made = plan(
        {"main.py": "import off, on", "off.py": "", "on.py": ""}, disabled=frozenset({"off"})
    )
    assert ("off" in _names(made), "on" in _names(made)) == (False, True)
    assert _reasons(made)["off"] == "disabled"
    assert any("off" in warning for warning in made.warnings)


def test_disabled_package_takes_its_modules_along(plan) -> None:
    files = {"main.py": "import off.part", "off/__init__.py": "", "off/part.py": ""}
    made = plan(files, disabled=frozenset({"off"}))
    assert {"off", "off.part"}.isdisjoint(_names(made))


def test_replaced_module_is_out_without_a_warning(plan) -> None:
    made = plan({"main.py": "import off", "off.py": ""}, replaced=frozenset({"off"}))
    assert (_reasons(made)["off"], made.warnings) == ("replaced", ())


def test_missing_module_is_a_leftover(plan) -> None:
    made = plan({"main.py": "def f():\n    import no_such_module"})
    assert _reasons(made)["no_such_module"] == "absent"


def test_attribute_is_not_taken_for_a_missing_module(plan) -> None:
    assert "os.path.join" not in _reasons(plan({"main.py": "from os.path import join"}))


def test_fallback_of_the_standard_library_is_left_out(plan) -> None:
    assert "_pydecimal" not in _names(plan({"main.py": "import decimal"}))


def test_part_of_a_module_comes_with_the_word_for_it(plan) -> None:
    with_word = plan({"main.py": "from concurrent.futures import ProcessPoolExecutor"})
    assert "multiprocessing" in _names(with_word)


def test_part_of_a_module_stays_out_without_the_word(plan) -> None:
    without = plan({"main.py": "from concurrent.futures import ThreadPoolExecutor"})
    assert "multiprocessing" not in _names(without)


def test_url_parser_brings_unicode_tables_when_the_app_uses_it(plan) -> None:
    made = plan({"main.py": "from urllib.parse import urlsplit"})
    assert "unicodedata" in {*_names(made), *sys.builtin_module_names}  # Debian builds it in


def test_encoding_that_the_app_names_comes(plan) -> None:
    assert "encodings.shift_jis" in _names(plan({"main.py": "b''.decode('shift-jis')"}))
    assert "encodings.shift_jis" not in _names(plan({"main.py": "b''.decode('utf-8')"}))


def test_what_extension_modules_import_comes(plan) -> None:
    assert "numbers" in _names(plan({"main.py": "import decimal"}))
    assert "_strptime" in _names(plan({"main.py": "import datetime"}))
