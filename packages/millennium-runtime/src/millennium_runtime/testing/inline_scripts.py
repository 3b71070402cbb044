"""Finds the scripts that stand in a document, for a page that is not really parsed."""

from __future__ import annotations

from html.parser import HTMLParser

__all__ = ["inline_scripts"]


def inline_scripts(html: str) -> tuple[str, ...]:
    """Return the texts of classic inline scripts, in order; those with a source are left out."""
    finder = _Finder()
    finder.feed(html)
    finder.close()
    return tuple(finder.found)


class _Finder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a script unless it comes from elsewhere or is data."""
        self._is_inside = tag == "script" and not {"src", "type"} & {name for name, _ in attrs}

    def handle_endtag(self, _tag: str) -> None:
        """End it."""
        self._is_inside = False

    def handle_data(self, data: str) -> None:
        """Keep its text."""
        if self._is_inside:
            self.found.append(data)
