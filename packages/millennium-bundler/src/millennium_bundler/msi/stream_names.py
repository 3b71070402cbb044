"""How an .msi spells names of tables and streams: two letters in one UTF-16 unit.

Source: Wine's ``dlls/msi/table.c`` and libmsi, which agree with what msi.dll writes.
"""

from __future__ import annotations

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._"
_NUMBERS = {letter: number for number, letter in enumerate(_LETTERS)}
_PAIR, _SINGLE, _TABLE = 0x3800, 0x4800, "\u4840"


def packed_name(name: str, *, is_table: bool = False) -> str:
    """Return the name of the stream that holds a table or a cell."""
    out = [_TABLE] if is_table else []
    at = 0
    while at < len(name):
        first = _NUMBERS.get(name[at])
        second = _NUMBERS.get(name[at + 1]) if at + 1 < len(name) else None
        if first is None:
            out.append(name[at])
        elif second is None:
            out.append(chr(_SINGLE + first))
        else:
            out.append(chr(_PAIR + first + (second << 6)))
            at += 1
        at += 1
    return "".join(out)


def plain_name(packed: str) -> tuple[str, bool]:
    """Return the name that a stream's name means, and whether it is a table."""
    is_table = packed.startswith(_TABLE)
    out = []
    for letter in packed[is_table:]:
        number = ord(letter)
        if _PAIR <= number < _SINGLE:
            out.append(_LETTERS[number & 0x3F] + _LETTERS[(number - _PAIR) >> 6])
        elif _SINGLE <= number < _SINGLE + len(_LETTERS):
            out.append(_LETTERS[number - _SINGLE])
        else:
            out.append(letter)
    return "".join(out), is_table
