"""Starts the app."""

from __future__ import annotations

from millennium import App

app = App()


@app.command
async def greet(name: str) -> str:
    return f"Hello, {name}!"


if __name__ == "__main__":
    app.run()
