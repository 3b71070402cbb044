"""The wire as an attacker with all of a page's secrets would use it; each refusal has its control.

Windows are mock ones: greeting, tokens, handles and gate are the real ones, JavaScript there is none.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from millennium import App
from millennium.ipc.limits import MAX_BATCH_CALLS, MAX_BATCH_CHARS, MAX_BODY_BYTES, MAX_JSON_BYTES
from millennium.ipc.wire import HELLO
from millennium.testing import MockApp, assert_refused, invoke, mock_app, mock_context
from millennium_runtime.testing import MockWindow

FOREIGN = "https://example.com"
HOME = "millennium://localhost/index.html"
REFUSED = ("refused", "ipc.not_allowed")
CAPABILITY = {"windows": ["main", "other", "calm"], "permissions": ["app:*"]}


class Attacker:
    """One window's page, whose tokens and handles the attacker has."""

    def __init__(self, running: MockApp, label: str = "main") -> None:
        self._page = running.page(label)
        self.window: MockWindow = running.runtime.window(label)
        self._page.greet()
        self.handle = self._page._handles["inline"][0]

    def token(self) -> str:
        """Return an outstanding token, as ``number token``."""
        return self._page._pad.pop()

    def call(self, token: str = "", handle: str = "", value: int = 7) -> tuple[str, str]:
        """Send one call; return what became of the message."""
        item = f'[1,"{handle or self.handle}",{{"value":{value}}}]'
        return self.send(f"{token or self.token()} [{item}]")

    def send(self, text: str) -> tuple[str, str]:
        """Send any message; return its status and what it was answered with."""
        reply = self.window.send(text).wait()
        return reply.status, reply.text.rpartition("\n")[2]

    def go(self, url: str) -> None:
        """Load another document; nobody greets it yet."""
        self.window.load(url)
        self._page._main.call(lambda: None)


@pytest.fixture
def running() -> Iterator[MockApp]:
    app = App()
    app.command(name="inline", inline=True)(inline)
    app.command(name="size")(size)
    app.command(name="upload")(upload)
    config = {
        "windows": [{"label": "main"}, {"label": "other"}, {"label": "poor"}, {"label": "calm"}],
        "security": {"navigation": [FOREIGN]},
    }
    with mock_app(app, context=mock_context(config, capabilities=(CAPABILITY,))) as running:
        yield running
        assert invoke(running, "inline", window="calm", value=1) == 1, "the app goes on"


@pytest.fixture
def main(running: MockApp) -> Attacker:
    return Attacker(running)


@pytest.fixture
def other(running: MockApp) -> Attacker:
    return Attacker(running, "other")


def inline(value: int) -> int:
    return value


def size(text: str) -> int:
    return len(text)


def upload(data: bytes) -> int:
    return len(data)


ANSWERED = ("answered", "[0,1,7]")


# --- tokens


def test_a_call_with_token_and_handle_is_answered(main: Attacker) -> None:
    assert main.call() == ANSWERED


def test_a_replayed_message_is_refused(main: Attacker) -> None:
    token = main.token()
    assert main.call(token) == ANSWERED
    assert main.call(token) == REFUSED


def test_a_guess_is_refused_and_spends_nothing(main: Attacker) -> None:
    token = main.token()
    assert main.call(f"{token.split()[0]} {'A' * 22}") == REFUSED
    assert main.call(token) == ANSWERED


@pytest.mark.parametrize("number", ["-1", "999999", "٣", "1e3", "0x1", "", "1" * 40])
def test_a_number_that_was_never_issued_is_refused(main: Attacker, number: str) -> None:
    status, _ = main.send(f"{number} {'A' * 22} []")
    assert status == "refused"
    assert main.call() == ANSWERED


@pytest.mark.parametrize("text", ["é" * 22, "\0" * 22, "", "\ud800"], ids=ascii)
def test_a_token_of_other_characters_is_refused(main: Attacker, text: str) -> None:
    token = main.token()
    assert main.call(f"{token.split()[0]} {text}") == REFUSED
    assert main.call(token) == ANSWERED


def test_a_token_under_another_number_is_refused(main: Attacker) -> None:
    first, second = main.token(), main.token()
    assert main.call(f"{first.split()[0]} {second.split()[1]}") == REFUSED
    assert main.call(first) == ANSWERED


def test_another_windows_token_is_refused(main: Attacker, other: Attacker) -> None:
    token = other.token()
    assert main.call(token) == REFUSED
    assert other.call(token) == ANSWERED


def test_the_token_of_a_document_that_is_gone_is_refused(running: MockApp, main: Attacker) -> None:
    token, handle = main.token(), main.handle
    main.go(HOME + "?next")
    again = Attacker(running)
    assert again.call(token) == REFUSED
    assert again.call(token, handle) == REFUSED
    assert again.call() == ANSWERED


# --- handles


def test_a_handle_of_another_window_is_refused(main: Attacker, other: Attacker) -> None:
    status, news = main.call(handle=other.handle)
    assert (status, "ipc.not_allowed" in news) == ("answered", True)
    assert other.call() == ANSWERED


def test_a_handle_of_a_document_that_is_gone_is_refused(running: MockApp, main: Attacker) -> None:
    old = main.handle
    main.go(HOME + "?next")
    again = Attacker(running)
    status, news = again.call(handle=old)
    assert (status, "ipc.not_allowed" in news) == ("answered", True)
    assert again.call() == ANSWERED


@pytest.mark.parametrize("name", ["inline", "__proto__", "app.exit", "INLINE"])
def test_a_name_is_no_handle(main: Attacker, name: str) -> None:
    status, news = main.call(handle=name)
    assert (status, "ipc.not_allowed" in news) == ("answered", True)


def test_no_window_has_anothers_handles(main: Attacker, other: Attacker) -> None:
    assert main.handle != other.handle


def test_a_window_without_a_capability_may_call_nothing(running: MockApp) -> None:
    with assert_refused():
        invoke(running, "inline", window="poor", value=1)
    assert invoke(running, "inline", window="main", value=1) == 1


# --- greetings


def test_a_second_hello_is_refused(main: Attacker) -> None:
    assert main.send(HELLO) == REFUSED
    assert main.call() == ANSWERED


def test_a_new_document_is_greeted_once(main: Attacker) -> None:
    main.go(HOME + "?next")
    assert main.send(HELLO)[0] == "answered"
    assert main.send(HELLO) == REFUSED


def test_a_foreign_document_is_not_greeted(main: Attacker) -> None:
    main.go(FOREIGN + "/")
    assert main.window.source.url == FOREIGN + "/"
    assert main.send(HELLO) == REFUSED
    main.go(HOME)
    assert main.send(HELLO)[0] == "answered"


def test_a_foreign_document_with_our_secrets_is_refused(main: Attacker) -> None:
    token = main.token()
    main.go(FOREIGN + "/")
    assert main.call(token) == REFUSED


def test_a_batch_before_the_hello_is_refused(main: Attacker) -> None:
    token = main.token()
    main.go(HOME + "?next")
    assert main.call(token) == REFUSED


@pytest.mark.parametrize(
    "text", ["hello", "hello 2", "hello 1 ", " hello 1", "HELLO 1", "hello 1\n"]
)
def test_another_greeting_is_no_greeting(main: Attacker, text: str) -> None:
    main.go(HOME + "?next")
    assert main.send(text)[0] == "refused"
    assert main.send(HELLO)[0] == "answered"


# --- limits


def batch(main: Attacker, count: int, value: str = "7") -> str:
    items = ",".join(f'[{n},"{main.handle}",{{"value":{value}}}]' for n in range(count))
    return f"{main.token()} [{items}]"


def test_a_batch_has_at_most_256_calls(main: Attacker) -> None:
    assert main.send(batch(main, MAX_BATCH_CALLS))[0] == "answered"
    assert main.send(batch(main, MAX_BATCH_CALLS + 1)) == ("refused", "ipc.too_large")


def test_a_message_has_at_most_1_mib(main: Attacker) -> None:
    assert main.send(batch(main, 1, "7" + " " * (MAX_BATCH_CHARS - 200)))[0] == "answered"
    assert main.send(batch(main, 1, "7" + " " * (MAX_BATCH_CHARS + 100))) == (
        "refused",
        "ipc.too_large",
    )


def test_arguments_have_at_most_16_mib(running: MockApp) -> None:
    room = MAX_JSON_BYTES - len('{"text":""}')
    assert invoke(running, "size", text="x" * room) == room
    with assert_refused("ipc.too_large"):
        invoke(running, "size", text="x" * (room + 1))


@pytest.mark.parametrize("length", [MAX_BODY_BYTES + 1, 1 << 62])
def test_no_ticket_is_given_for_more_than_1_gib(
    running: MockApp, main: Attacker, length: int
) -> None:
    handle = main._page._handles["upload"][0]
    status, news = main.send(f'{main.token()} [[1,"{handle}",[{{}},{{}},{length},false]]]')
    assert (status, "ipc.too_large" in news) == ("answered", True)
    assert invoke(running, "upload", window="calm", data=b"four") == 4


@pytest.mark.parametrize(
    "items",
    [
        *(
            '[[1,"","x"]]',
            '[[1,"",["hello"]]]',
            '[[1,"",["cancel"],4]]',
            "[[1]]",
            "{}",
            "[",
            "null",
        ),
        *('[["1","x",{}]]', '[[1e400,"x",{}]]', '[[1,["x"],{}]]', "[" * 5000, '[[1,"x",\ud800]]'),
    ],
    ids=lambda items: ascii(items[:20]),
)
def test_what_is_no_batch_runs_nothing(main: Attacker, items: str) -> None:
    status, news = main.send(f"{main.token()} {items}")
    assert status == "refused" or "ipc.malformed" in news
    assert main.call() == ANSWERED
