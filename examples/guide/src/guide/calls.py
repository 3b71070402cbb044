"""Three ways to run a command, and what may cross."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

from msgspec import Meta

from guide.app import app


# --8<-- [start:pool]
@app.command
def count_words(text: str) -> dict[str, int]:
    """Count each word."""
    words = text.lower().split()
    return {word: words.count(word) for word in sorted(set(words))}


# --8<-- [end:pool]
# --8<-- [start:async]
@app.command
async def wait_politely(seconds: float) -> str:
    """Wait without keeping anybody."""
    await asyncio.sleep(seconds)
    return f"{seconds} s later"


# --8<-- [end:async]
# --8<-- [start:inline]
@app.command(inline=True)
def now() -> datetime:
    """Say what time it is."""
    return datetime.now(tz=UTC)


# --8<-- [end:inline]
# --8<-- [start:types]
@dataclass(frozen=True)
class Search:
    """What to look for."""

    words: str
    limit: Annotated[int, Meta(ge=1, le=100)] = 20
    order: Literal["newest", "best"] = "best"


@dataclass(frozen=True)
class Found:
    """One thing that was found."""

    title: str
    changed: datetime


@app.command
def search(query: Search) -> list[Found]:
    """Search in whatever there is."""
    everything = [Found("First note", datetime(2026, 1, 2, tzinfo=UTC))]
    return [note for note in everything if query.words in note.title][: query.limit]


# --8<-- [end:types]
