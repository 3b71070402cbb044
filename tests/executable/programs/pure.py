"""Uses dependencies of pure Python: lazy imports, data files, entry points of their own, metadata."""

from __future__ import annotations

import importlib.metadata
import io
import json
import sys

import click
import json5
import rich.console
import rich.markdown
import rich.table


@click.command()
@click.option("--times", type=click.IntRange(1, 3), required=True)
def repeat(times: int) -> None:
    """Say something a few times."""
    click.echo("again " * times)


def rendered() -> str:
    """Return Markdown and a table as rich draws them."""
    console = rich.console.Console(file=io.StringIO(), width=40, force_terminal=False)
    table = rich.table.Table("left", "right")
    table.add_row("1", "2")
    console.print(rich.markdown.Markdown("# Title\n\n```python\nprint(1)\n```"), table)
    return console.file.getvalue()


def refusal() -> str:
    """Return what click says to a wrong value."""
    try:
        repeat.main(["--times", "9"], standalone_mode=False)
    except click.BadParameter as error:
        return error.format_message()
    return ""


text = rendered()
answer = {
    "frozen": bool(getattr(sys, "frozen", False)),
    "json5": json5.loads("{a: [1, 2,], /* no */ b: 'c'}"),
    "refusal": refusal(),
    "rich": ["Title" in text, "print(1)" in text, "left" in text],
    "version": importlib.metadata.version("click").split(".")[0].isdecimal(),
}
print(json.dumps(answer))
