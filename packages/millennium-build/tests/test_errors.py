"""Every error has a code, and every code a number of its own."""

from __future__ import annotations

import pytest

from millennium_build import errors


def _leaves(kind: type[errors.BuildError]) -> list[type[errors.BuildError]]:
    return [kind, *(leaf for child in kind.__subclasses__() for leaf in _leaves(child))]


@pytest.mark.parametrize("kind", _leaves(errors.BuildError), ids=lambda kind: kind.__name__)
def test_error_has_a_number(kind: type[errors.BuildError]) -> None:
    assert kind("what", help="how").number.startswith("M03")


def test_no_number_is_used_twice() -> None:
    assert len(set(errors.NUMBERS.values())) == len(errors.NUMBERS)
