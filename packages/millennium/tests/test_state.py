"""One managed value of each type."""

from __future__ import annotations

import pytest

from millennium.errors import StateError
from millennium.state import States


class Animal:
    pass


class Dog(Animal):
    pass


def test_a_value_is_found_by_its_own_type() -> None:
    states = States()
    dog = Dog()
    states.manage(dog)
    assert states.get(Dog) is dog


def test_a_value_is_found_by_the_kind_it_was_managed_as() -> None:
    states = States()
    dog = Dog()
    states.manage(dog, kind=Animal)
    assert states.get(Animal) is dog
    assert not states.has(Dog)


def test_a_value_of_another_kind_is_refused() -> None:
    with pytest.raises(StateError, match="is a Animal, not a Dog"):
        States().manage(Animal(), kind=Dog)


def test_a_second_value_of_one_type_is_refused() -> None:
    states = States()
    states.manage(Dog())
    with pytest.raises(StateError, match="managed already"):
        states.manage(Dog())


def test_a_missing_value_is_refused_by_name() -> None:
    with pytest.raises(StateError, match="no value of type Dog"):
        States().get(Dog)


def test_a_copy_does_not_grow_its_original() -> None:
    original, copy = States(), States()
    original.manage(Dog())
    copy.update(original)
    copy.manage(Animal())
    assert copy.has(Dog)
    assert not original.has(Animal)
