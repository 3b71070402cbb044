"""No two runs share a name: sink, event, world, handler, handle, token, question."""

from __future__ import annotations

import re
import secrets
from collections import Counter

import pytest

from millennium import App
from millennium.testing import invoke, mock_app

RUNS = 50
RANDOM = re.compile(r"(?<![\w-])(?=[\w-]*\d)(?:[a-z]?[0-9a-f]{32}|[\w-]{22})(?![\w-])")

app = App()


@app.command
def echo(number: int) -> int:
    return number


@app.command
def data() -> bytes:
    return b"data"


def _names_of_one_run() -> set[str]:
    """Everything random-looking that a page of one run is told, in scripts and by the wire."""
    with mock_app(app) as running:
        page = running.page()
        page.on_ask(lambda script, args: args)
        assert invoke(running, "echo", number=1) == 1
        assert invoke(running, "data") == b"data"
        assert running.handle.window().ask_page("(x) => x", 1) == 1
        scripts = [each.script for each in running.runtime.window("main").evaluated]
        attributes = running.runtime.window("main")._frame.page.pending.webview
        handles = [handle for each in page._handles.values() for handle in each]
    seen = "\n".join(
        [*scripts, *handles, *page._pad, attributes.message_handler, attributes.private_world]
    )
    return set(RANDOM.findall(seen))


def _shared() -> list[str]:
    counted = Counter(name for _ in range(RUNS) for name in _names_of_one_run())
    return [name for name, runs in counted.items() if runs > 1]


def test_one_run_has_names_of_every_kind() -> None:
    names = _names_of_one_run()

    assert {name[0] for name in names if len(name) == 33} >= {*"hsmwab"}
    assert sum(len(name) == 22 for name in names) >= 100  # tokens and handles


@pytest.mark.timeout(300)
def test_no_two_of_fifty_runs_share_a_name() -> None:
    assert _shared() == []


@pytest.mark.timeout(300)
def test_control_a_fixed_name_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "token_hex", lambda size: "0123456789abcdef" * (size // 8))

    assert {name[0] for name in _shared()} >= {*"hsmwab"}
