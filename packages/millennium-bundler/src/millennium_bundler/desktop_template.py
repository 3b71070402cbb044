"""A desktop entry of the user's own: a template that is filled in, and checked.

1. ``{{name}}``, ``{{exec}}``, ``{{icon}}``, ``{{comment}}``, ``{{categories}}`` and ``{{mime}}``
   (or ``{{mime_type}}``) become what the entry that is made otherwise says, escaped in the same way.
2. A line whose only value is a placeholder that the app has nothing for is left out.
3. Nothing else is in two braces: there are no conditions.
4. What comes of it has the group ``[Desktop Entry]`` first, with ``Type=Application``, ``Name`` and
   ``Exec``; ``Exec`` starts the app's own command, through the placeholder.

Source: https://specifications.freedesktop.org/desktop-entry-spec/latest/
"""

from __future__ import annotations

import re

from millennium_bundler.errors import FormatError

MAX_TEMPLATE_BYTES = 64 * 1024
_KEYS = {
    "name": "Name",
    "exec": "Exec",
    "icon": "Icon",
    "comment": "Comment",
    "categories": "Categories",
    "mime": "MimeType",
    "mime_type": "MimeType",
}
_PLACEHOLDER = re.compile(r"\{\{\s*(.*?)\s*\}\}")
_LINE = re.compile(r"#.*|\[[^\[\]\x00-\x1f]+\]|[A-Za-z0-9-]+(\[[\w@.-]+\])?\s*=[^\x00-\x1f\x7f]*|")
_GROUP = "[Desktop Entry]"


def fill_template(template: bytes, made: bytes, *, place: str) -> bytes:
    """Return the desktop entry that a template makes.

    Args:
        template: What the user wrote.
        made: The entry that would be taken without it.
        place: The template's file, for errors.

    Raises:
        FormatError: Not a text, an unknown placeholder, or no desktop entry comes of it.
    """
    values = _values(made.decode())
    lines: list[str] = []
    for line in _text(template, place).splitlines():
        names = _PLACEHOLDER.findall(line)
        for name in names:
            if name not in _KEYS:
                known = ", ".join(f"{{{{{key}}}}}" for key in _KEYS)
                raise _bad(f"{{{{{name}}}}} is no placeholder", place, f"known: {known}")
        if names and not any(values.get(_KEYS[name]) for name in names):  # (2)
            continue
        lines.append(_PLACEHOLDER.sub(lambda found: values.get(_KEYS[found[1]], ""), line))
    _check(lines, values["Exec"], place)
    return ("\n".join(lines) + "\n").encode()


def _values(entry: str) -> dict[str, str]:
    parts = (line.partition("=") for line in entry.splitlines())
    return {key: value for key, sign, value in parts if sign}


def _text(template: bytes, place: str) -> str:
    try:
        text = template.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise _bad("it is no text in UTF-8", place) from exc
    if len(template) > MAX_TEMPLATE_BYTES:
        raise _bad(f"it is larger than {MAX_TEMPLATE_BYTES} bytes", place)
    return text


def _check(lines: list[str], command: str, place: str) -> None:
    for number, line in enumerate(lines, start=1):
        if not _LINE.fullmatch(line):
            raise _bad(f"line {number} of what it makes is no 'Key=value': {line[:60]!r}", place)
    groups = [line for line in lines if line.startswith("[")]
    if groups[:1] != [_GROUP]:
        raise _bad(f"its first group is not {_GROUP}", place)
    start = lines.index(_GROUP)
    end = lines.index(groups[1]) if groups[1:] else len(lines)
    found = {key.strip(): value.strip() for key, _, value in map(_parted, lines[start + 1 : end])}
    if found.get("Type") != "Application" or not found.get("Name"):
        raise _bad("it needs Type=Application and a Name", place)
    if command.split(maxsplit=1)[0] not in found.get("Exec", "").split():
        raise _bad("its Exec does not start the app", place, "write Exec={{exec}}")


def _parted(line: str) -> tuple[str, str, str]:
    return line.partition("=")


def _bad(what: str, place: str, help_line: str = "correct it, or leave it out") -> FormatError:
    message = f"the desktop template makes no desktop entry: {what}"
    return FormatError(message, code="desktop.template", help=help_line, place=place)
