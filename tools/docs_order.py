"""A hook of mkdocs: everything stands in the order in which a newcomer needs it.

The sections at the top are in `ORDER`; within a section, pages and folders come in the order in
which its index page links to them, and what it does not name comes last.
"""

from __future__ import annotations

import re
from typing import Protocol

ORDER = ("Tutorial", "How to", "Reference", "Explanation", "About")

_LINK = re.compile(r"\]\(([\w./-]+\.md)\)")


class Source(Protocol):
    """The text of a page."""

    src_uri: str
    content_string: str


class Item(Protocol):
    """A page or a section of the navigation."""

    title: str | None
    is_page: bool
    children: list[Item] | None
    file: Source


class Navigation(Protocol):
    """What mkdocs passes to `on_nav`, as far as it is used here."""

    items: list[Item]


def on_nav(nav: Navigation, **_: object) -> Navigation:
    """Put pages first, then the sections in `ORDER`, then whatever is new."""
    nav.items.sort(key=_place)
    for item in nav.items:
        _sort(item)
    return nav


def _place(item: Item) -> int:
    if item.is_page:
        return -1
    return ORDER.index(item.title) if item.title in ORDER else len(ORDER)


def _sort(section: Item) -> None:
    """Sort what is in a section, and in the sections inside."""
    children = section.children or []
    index = next((child for child in children if _address(child).endswith("index.md")), None)
    if index is not None:
        folder = _address(index).removesuffix("index.md")
        named = [folder + link for link in _LINK.findall(index.file.content_string)]
        children.sort(key=lambda child: _rank(child, index, named))
    for child in children:
        _sort(child)


def _rank(child: Item, index: Item, named: list[str]) -> int:
    if child is index:
        return -1
    addresses = [_address(child), *(_address(inner) for inner in child.children or [])]
    return min((named.index(each) for each in addresses if each in named), default=len(named))


def _address(item: Item) -> str:
    return item.file.src_uri if item.is_page else ""
