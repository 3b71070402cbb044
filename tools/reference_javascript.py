"""The page of `@millennium/api`: signatures and their JSDoc, from the modules that pages import."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from reference_sources import PACKAGES, table

SOURCE = PACKAGES / "millennium" / "js" / "src"
MODULES = ("core", "event", "app", "window", "dialog", "fs")

HEAD = """# JavaScript

What a page imports. It works without a bundler: the app puts an import map into each page.
`@millennium/api` has calls, channels and errors; `app` and `event` are always there, the other
modules exist only in an app whose [allowlist](permissions.md) turns something of them on. For
[a bundler](../how-to/use-a-bundler.md) the same modules are an npm package, with types.

```js
import { invoke, Channel } from "@millennium/api";
import { listen } from "@millennium/api/event";
```
"""

_EXPORT = re.compile(
    r"(?:/\*\*(?P<doc>(?:(?!\*/).)*)\*/\s*)?"
    r"^export (?:(?:const|let) (?P<name>\w+) =|class (?P<class>\w+))",
    re.DOTALL | re.MULTILINE,
)
_TYPEDEF = re.compile(r"/\*\*(?P<doc>(?:(?!\*/).)*@typedef(?:(?!\*/).)*)\*/", re.DOTALL)
_PROPERTY = re.compile(r"@property \{(.*)\} (\[?\w+\]?) ?(.*)")
_METHOD = re.compile(
    r"/\*\*(?P<doc>(?:(?!\*/).)*)\*/\s*^  (?P<name>(?!constructor)\w+)\(", re.DOTALL | re.MULTILINE
)
_PARAM = re.compile(r"@param \{(?P<type>.*?)\} (?P<name>\[?\w+\]?)(?: (?P<text>(?:(?!@).)*))?")
_RETURNS = re.compile(r"@returns \{(?P<type>.*?)\}(?=[ \n]|$)(?P<text>(?:(?!@param|@template).)*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One exported name."""

    name: str
    is_class: bool
    doc: str
    body: str


def render() -> str:
    """Return the page."""
    return "\n".join([HEAD, *(_module(name) for name in MODULES)])


def exports(module: str) -> Iterator[Export]:
    """Yield what a module exports, in its order."""
    text = (SOURCE / f"{module}.js").read_text(encoding="utf-8")
    for found in _EXPORT.finditer(text):
        yield Export(
            name=found["name"] or found["class"],
            is_class=found["class"] is not None,
            doc=_plain(found["doc"] or ""),
            body=text[found.end() :].partition("\n}\n")[0] if found["class"] else "",
        )


def _module(name: str) -> str:
    text = (SOURCE / f"{name}.js").read_text(encoding="utf-8")
    title = "@millennium/api" if name == "core" else f"@millennium/api/{name}"
    about = " ".join(
        re.findall(
            r"^// ?(.*)$", text[: text.index("import" if "import" in text else "/**")], re.MULTILINE
        )
    )
    parts = [f"## `{title}`\n\n{about}\n"]
    parts += [_export(each) for each in exports(name)]
    parts += [_typedef(found["doc"]) for found in _TYPEDEF.finditer(text)]
    return "\n".join(part for part in parts if part)


def _opening(text: str) -> Iterator[str]:
    return itertools.takewhile(lambda line: line.startswith("//"), text.splitlines())


def _export(export: Export) -> str:
    lines = [f"### `{export.name}`\n"]
    if export.is_class:
        constructor = re.search(r"/\*\*((?:(?!\*/).)*)\*/\s*constructor", export.body, re.DOTALL)
        doc = _plain(constructor[1]) if constructor else ""
        lines.append(f"```ts\nnew {_signature(export.name, doc, has_result=False)}\n```\n")
    else:
        lines.append(f"```ts\n{_signature(export.name, export.doc)}\n```\n")
    lines.append(_words(export.doc))
    lines.append(_parameters(export.doc))
    lines += [
        _method(found["name"], _plain(found["doc"])) for found in _METHOD.finditer(export.body)
    ]
    return "\n".join(line for line in lines if line)


def _method(name: str, doc: str) -> str:
    if name == "toJSON":
        return ""
    return f"`.{_signature(name, doc)}`: {_words(doc) or ''}\n"


def _signature(name: str, doc: str, *, has_result: bool = True) -> str:
    if "@type " in doc:
        return f"class {name} extends Error"
    parameters = ", ".join(_parameter(found) for found in _PARAM.finditer(doc))
    result = _RETURNS.search(doc)
    returned = f": {result['type']}" if result and has_result else ""
    return f"{name}({parameters}){returned}"


def _parameter(found: re.Match[str]) -> str:
    name = found["name"]
    return f"{name.strip('[]')}{'?' if name.startswith('[') else ''}: {found['type']}"


def _parameters(doc: str) -> str:
    rows = [
        (f"`{each['name'].strip('[]')}`", each["text"].strip())
        for each in _PARAM.finditer(doc)
        if each["text"]
    ]
    return table(("argument", "meaning"), rows) if rows else ""


def _words(doc: str) -> str:
    said = re.split(r"@(?:param|returns|template|type|property|typedef)", doc)[0].strip()
    result = _RETURNS.search(doc)
    gives = result["text"].strip() if result else ""
    text = " ".join(part for part in (said, f"**Returns** {gives}." if gives else "") if part)
    return re.sub(r"\{@link (\w+)\}", r"`\1`", text) + ("\n" if text else "")


def _typedef(doc: str) -> str:
    plain = _plain(doc)
    found = re.search(r"@typedef \{(?P<type>.*?)\} (?P<name>\w+)", plain)
    if found is None or found["name"] in {"Internals", "Line"}:
        return ""
    rows = [
        (
            f"`{name.strip('[]')}`" + (" (optional)" if name.startswith("[") else ""),
            f"`{kind}`",
            text,
        )
        for kind, name, text in _PROPERTY.findall(re.sub(r"\s*\n\s*\*?\s*(?!@)", "\n", doc))
    ]
    head = f"### type `{found['name']}`\n"
    if not rows:
        return f"{head}\n```ts\n{found['type']}\n```\n"
    return f"{head}\n{table(('property', 'type', 'meaning'), rows)}"


def _plain(doc: str) -> str:
    """Return a comment's text without its stars, on one line per paragraph."""
    lines = [line.strip().removeprefix("*").strip() for line in doc.splitlines()]
    return re.sub(r" +", " ", " ".join(lines)).strip()
