"""Reading categories as people write them."""

from __future__ import annotations

import pytest

from millennium_bundler.category import CATEGORIES, Category, parse_category
from millennium_bundler.errors import ManifestError


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("Education", "Education"),
        ("Developer Tool", "DeveloperTool"),
        (" puzzle  game ", "PuzzleGame"),
        ("Role-playing game", "RolePlayingGame"),
        ("public.app-category.developer-tools", "DeveloperTool"),
        ("public.app-category.role-playing-games", "RolePlayingGame"),
        ("Development", "DeveloperTool"),
        ("LogicGame", "PuzzleGame"),
        ("RPG", "RolePlayingGame"),
        ("", "Utility"),
    ],
    ids=str,
)
def test_a_category_is_understood(given: str, name: str):
    assert parse_category(given).name == name


@pytest.mark.parametrize(
    ("given", "near"), [("Photographyy", "Photography"), ("Utilityy", "Utility")], ids=str
)
def test_a_slip_is_answered_with_the_nearest(given: str, near: str):
    with pytest.raises(ManifestError) as caught:
        parse_category(given)
    assert caught.value.help == f"did you mean '{near}'?"


def test_nonsense_is_answered_with_the_list():
    with pytest.raises(ManifestError) as caught:
        parse_category("xyzzy")
    assert caught.value.help.startswith("known: Business")


@pytest.mark.parametrize("category", CATEGORIES, ids=lambda category: category.name)
def test_each_is_found_by_its_own_names(category: Category):
    assert parse_category(category.name) == category
    assert parse_category(f"public.app-category.{category.apple}") == category
