"""A hook of mkdocs: the sections stand in the order in which a newcomer needs them."""

from __future__ import annotations

from typing import Protocol

ORDER = ("Tutorial", "How to", "Reference", "Explanation", "About")


class Item(Protocol):
    """A page or a section of the navigation."""

    title: str | None
    is_page: bool


class Navigation(Protocol):
    """What mkdocs passes to `on_nav`, as far as it is used here."""

    items: list[Item]


def on_nav(nav: Navigation, **_: object) -> Navigation:
    """Put pages first, then the sections in `ORDER`, then whatever is new."""
    nav.items.sort(key=_place)
    return nav


def _place(item: Item) -> int:
    if item.is_page:
        return -1
    return ORDER.index(item.title) if item.title in ORDER else len(ORDER)
