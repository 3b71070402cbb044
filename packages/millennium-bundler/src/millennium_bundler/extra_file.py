"""A file that a package brings beside the executable."""

from __future__ import annotations

from dataclasses import dataclass

from millennium_bundler.schema import NAME, text

_DESTINATION = r"/[^\x00-\x1f\x7f]+"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraFile:
    """A file that is installed beside the executable."""

    source: str = text(pattern=NAME)
    destination: str = text(
        pattern=_DESTINATION,
        about="absolute path on the user's system",
        wanted="a path that begins with /, such as /usr/share/notes/words",
    )
    mode: str = text(
        "0644", pattern=r"0?[0-7]{3}", about="octal permissions", wanted="permissions such as 0644"
    )
