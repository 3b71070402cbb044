"""Hello you: greets, and counts."""

from __future__ import annotations

import asyncio

from millennium import App, Channel, CommandError

app = App()


@app.command
def greet(name: str) -> str:
    """Say hello."""
    if not name.strip():
        raise CommandError("greet.no_name", "Tell me your name first.")
    return f"Hello, {name.strip()}."


@app.command
async def count(to: int, progress: Channel[int]) -> str:
    """Count slowly, telling the page each number."""
    for number in range(1, to + 1):
        await progress.send(number)
        await asyncio.sleep(0.05)
    return "Done."


if __name__ == "__main__":
    app.run()
