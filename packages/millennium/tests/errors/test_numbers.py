"""The tree of errors is complete, drawn, and numbered in one table."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterable, Iterator
from types import ModuleType

import pytest

from millennium import errors
from millennium.errors import NUMBERS, MillenniumError


def in_modules() -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(errors.__path__, "millennium.errors."):
        yield importlib.import_module(found.name)


def classes(modules: Iterable[ModuleType]) -> set[type[MillenniumError]]:
    values = [value for module in modules for value in vars(module).values()]
    return {
        value for value in values if inspect.isclass(value) and issubclass(value, MillenniumError)
    }


CLASSES = sorted(classes([errors]), key=lambda error: error.__name__)


@pytest.mark.parametrize("error", CLASSES, ids=lambda error: error.__name__)
def test_each_error_is_drawn_named_coded_and_numbered(
    error: type[MillenniumError],
) -> None:
    assert f"* {error.__name__} ▸" in (errors.__doc__ or "")
    assert error.__name__.endswith("Error")
    assert error.code in NUMBERS


@pytest.mark.parametrize("error", CLASSES, ids=lambda error: error.__name__)
def test_each_error_is_drawn_below_its_parent(error: type[MillenniumError]) -> None:
    above = (errors.__doc__ or "").partition(f"* {error.__name__} ▸")[0]
    drawn = re.findall(r"^( *)\* (\w+) ▸", above, re.MULTILINE)
    depth = len(above.rpartition("\n")[2])
    parents = [name for indent, name in drawn if len(indent) < depth]
    assert parents[-1:] == [name for name in [error.__mro__[1].__name__] if depth]


def test_each_error_of_each_module_can_be_imported_from_the_package() -> None:
    assert classes(in_modules()) == set(CLASSES)


def test_the_package_names_all_that_it_has() -> None:
    assert {error.__name__ for error in CLASSES} | {"NUMBERS", "Location"} == set(errors.__all__)


def test_each_code_belongs_to_one_class() -> None:
    assert sorted(error.code for error in CLASSES) == sorted(NUMBERS)


def test_no_number_is_used_twice() -> None:
    assert len(set(NUMBERS.values())) == len(NUMBERS)


@pytest.mark.parametrize("code", NUMBERS)
def test_each_number_is_one_of_this_package(code: str) -> None:
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", code)
    assert re.fullmatch(r"M01\d\d", NUMBERS[code])
