"""Hello, the app: one command."""

from __future__ import annotations

from millennium import App, CommandError

MAX_NAME_CHARS = 80

app = App()


@app.command
async def greet(name: str) -> str:
    """Return a greeting for whoever this is."""
    name = " ".join(name.split())
    if not name:
        raise CommandError("hello.no_name", "Please type a name first.")
    if len(name) > MAX_NAME_CHARS:
        raise CommandError("hello.long_name", f"A name may have {MAX_NAME_CHARS} letters here.")
    return f"Hello, {name}."


if __name__ == "__main__":
    app.run()
