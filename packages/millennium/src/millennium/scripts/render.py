"""Build JavaScript text: the bootstrap of both worlds, and the one line that delivers news.

1. Nothing else in millennium builds JavaScript; the wire's JSON is data.
2. Values enter as JSON in which ``<``, U+2028 and U+2029 are escaped, so they end neither a string
   nor a script element.
3. The sources in ``js/bootstrap`` are readable; what is injected has lost its comment lines,
   white space beside punctuation, the last semicolon of a block and the parentheses of a function's
   only parameter, nothing more. So they end every statement with a semicolon, give
   comments lines of their own, and hold no regular expression and no template of several lines.
4. A line ``// Shortened: one two`` names local variables that get names of two characters. None of
   them is a property or a key anywhere in its file.
5. A line ``// Included: name`` stands for the script of that name.
"""

from __future__ import annotations

import json
import re
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass

from millennium.scripts.source import read_script

FREEZE_PROTOTYPE = "Object.freeze(Object.prototype)"
"""The script that keeps a page's objects from inheriting what was planted; runs first of all."""

_PLACEHOLDER = re.compile(r"\$([A-Z][A-Z_]*)")
_LITERAL = r"(?P<literal>'(?:[^'\\]|\\.)*'|`[^`]*`)"
_LITERAL_OR_SPACE = re.compile(
    rf"{_LITERAL}|\s*;\s*(?P<last>\}})[ ]*"
    r"""|\s*(?P<open>[{(\[,;:?=<>&|!+*])\s*|[ ]*(?P<close>[)}\]])[ ]*"""
)
_INCLUDED = re.compile(r"^ *// Included: (\w+)$", re.MULTILINE)
_SHORTENED = re.compile(r"^// Shortened: (.*)$", re.MULTILINE)
_LITERAL_OR_WORD = re.compile(rf"{_LITERAL}|(?<![.\w$])[A-Za-z]\w*")
_LITERAL_OR_ONE = re.compile(rf"{_LITERAL}|(?<![\w$)\]])\((?P<one>\w+)\)(?==>)")
_LETTERS = string.ascii_letters + string.digits
_ESCAPES = {"<": "\\u003c", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_NAME_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeNames:
    """The random names of one window's bridge; no two windows or runs share any.

    Attributes:
        hello: Prefix of the two events with which the worlds find each other.
        sink: Global of the private world that takes news.
        handler: The native message handler.
        world: The private world.
    """

    hello: str
    sink: str
    handler: str
    world: str

    @classmethod
    def fresh(cls) -> BridgeNames:
        """Return new names; each begins with a letter, so it is an identifier."""
        hello, sink, handler, world = (letter + secrets.token_hex(_NAME_BYTES) for letter in "hsmw")
        return cls(hello=hello, sink=sink, handler=handler, world=world)


def js_value(value: object) -> str:
    """Return a JSON value as JavaScript that is safe in a script element too."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return re.sub("[<\u2028\u2029]", lambda found: _ESCAPES[found[0]], text)


def js_string(text: str) -> str:
    """Return a string literal in single quotes: news is JSON, full of double ones.

    Much faster than `js_value`, for messages of megabytes.
    """
    text = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    text = text.replace("<", "\\x3c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f"'{text}'"


def sink_call(names: BridgeNames, document: int, message: str) -> str:
    """Return the script that hands one message to the private world."""
    return f"{names.sink}({document:d},{js_string(message)})"


def ask_scripts(names: tuple[str, str], script: str, args: str) -> tuple[str, str]:
    """Return what asks a page, and what tells it that the first script could not be read.

    Args:
        names: The question's own, in the page's world.
        script: The app's code: one expression that is a function.
        args: JSON.
    """
    first, second = names
    unread = js_string("SyntaxError: the script is not one expression")
    return (
        f"{first}(()=>({script}\n),{js_string(args)})",
        f"typeof {second}==='function'&&{second}({unread})",
    )


def render_bootstrap(names: BridgeNames, values: Mapping[str, object]) -> tuple[str, str]:
    """Return the scripts of the page's world and of the private one.

    Args:
        names: Of the window.
        values: What the placeholders beside the names stand for, JSON values.

    Raises:
        KeyError: A placeholder has no value.
    """
    known = {
        "HELLO": names.hello,
        "SINK": names.sink,
        "HANDLER": names.handler,
        **values,
    }
    return (
        fill(_script("page"), known),
        fill(_script("world"), known),
    )


def render_isolation(names: BridgeNames, values: Mapping[str, object]) -> str:
    """Return the private world's part of the isolation pattern; it runs before the bootstrap.

    Raises:
        KeyError: A placeholder has no value.
    """
    return fill(_script("isolation"), {"SINK": names.sink, **values})


def render_sealed(names: BridgeNames, values: Mapping[str, object]) -> str:
    """Return the private world's part of sealed commands; it runs before the bootstrap.

    Raises:
        KeyError: A placeholder has no value.
    """
    return fill(_script("sealed"), {"SINK": names.sink, **values})


def render_frame(values: Mapping[str, object]) -> str:
    """Return the script that stands first in the isolation frame.

    Raises:
        KeyError: A placeholder has no value.
    """
    return fill(_script("frame"), values)


def strip(source: str) -> str:
    """Remove comment lines, indentation, white space beside punctuation; shorten some names."""
    names = " ".join(_SHORTENED.findall(source)).split()
    short = {name: f"_{letter}" for name, letter in zip(names, _LETTERS, strict=False)}
    lines = (line.strip() for line in source.splitlines())
    code = "\n".join(line for line in lines if line and not line.startswith("//"))
    code = _LITERAL_OR_WORD.sub(lambda found: short.get(found[0], found[0]), code)
    code = _LITERAL_OR_SPACE.sub(lambda found: found[found.lastgroup or 0], code)
    return _LITERAL_OR_ONE.sub(lambda found: found[found.lastgroup or 0], code)


def fill(source: str, values: Mapping[str, object]) -> str:
    """Put values in the place of ``$NAMES``."""
    return _PLACEHOLDER.sub(lambda found: js_value(values[found[1]]), source)


def _script(name: str) -> str:
    source = read_script("bootstrap", f"{name}.js")
    return strip(_INCLUDED.sub(lambda found: read_script("bootstrap", f"{found[1]}.js"), source))
