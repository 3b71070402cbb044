"""What all errors have in common."""

from __future__ import annotations

import pytest

from millennium_runtime import errors

LEAVES = [value for name, value in vars(errors).items() if name.endswith("Error")]


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
def test_each_error_has_a_code_and_is_drawn_in_the_tree(kind):
    assert kind.code.startswith("runtime.")
    assert f"{kind.__name__} ▸" in errors.__doc__


def test_codes_are_unique():
    codes = [kind.code for kind in LEAVES]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
def test_each_error_has_a_number_for_the_command_line(kind):
    assert kind("it").number == errors.NUMBERS[kind.code]


def test_no_number_is_used_twice():
    assert len(set(errors.NUMBERS.values())) == len(errors.NUMBERS)


def test_an_error_of_another_runtimes_own_has_no_number():
    class OtherError(errors.MillenniumRuntimeError):
        code = "other.failed"

    assert OtherError("it").number == ""


def test_an_error_carries_message_and_help():
    error = errors.NoEngineError("no WebKitGTK", help="apt install it")
    assert (str(error), error.message, error.help) == (
        "no WebKitGTK",
        "no WebKitGTK",
        "apt install it",
    )
