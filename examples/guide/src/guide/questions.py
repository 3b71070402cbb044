"""Asks the page: see docs/how-to/ask-a-page.md."""

from __future__ import annotations

import msgspec

from guide.app import app
from millennium import Window
from millennium.errors import AskFailedError, AskTimeoutError


# --8<-- [start:ask]
@app.command
def headings(window: Window) -> list[str]:
    script = "() => [...document.querySelectorAll('h1, h2')].map((each) => each.textContent)"
    return msgspec.convert(window.ask_page(script), list[str])


# --8<-- [end:ask]
# --8<-- [start:args]
@app.command
async def marked(window: Window, text: str) -> bool:
    script = """(text) => {
      const found = [...document.querySelectorAll("li")].find((each) => each.textContent === text);
      found?.classList.add("marked");
      return found !== undefined;
    }"""
    return await window.aio.ask_page(script, text) is True


# --8<-- [end:args]
# --8<-- [start:fails]
@app.command
async def page_fails(window: Window) -> list[str]:
    told: list[str] = []
    try:
        await window.aio.ask_page("() => { throw new RangeError('too far') }")
    except AskFailedError as error:
        told.append(error.message)
    try:
        await window.aio.ask_page("() => new Promise(() => {})", timeout=0.2)
    except AskTimeoutError as error:
        told.append(error.code)
    return told


# --8<-- [end:fails]
