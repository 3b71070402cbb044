"""What stands in for JavaScript in the suite."""

from __future__ import annotations

import pytest

from millennium_runtime.testing.conformance.scripted_page import ScriptedPage
from millennium_runtime.testing.conformance.scripts import Action, library, parse


class Host:
    def __init__(self):
        self.fetched = []

    def can_send(self):
        return False

    def send(self, text, settled):
        settled("answered", text)

    def fetch(self, action, fetched):
        self.fetched.append(action.url)
        fetched(200, {}, b"body")

    def navigate(self, url):
        self.fetched.append(f"left for {url}")

    def follow_link(self, url):
        self.fetched.append(f"followed {url}")

    def open_window(self, url):
        self.fetched.append(f"popped {url}")


@pytest.mark.parametrize(
    "action",
    [
        Action(do="record", text="quote \" ' \\ \n ü"),
        Action(do="fetch", url="a", method="PUT", headers={"x": "y"}, body="b", number="7"),
    ],
    ids=["record", "fetch"],
)
def test_an_action_survives_being_a_script(action):
    assert parse(action.script()) == action


def test_another_script_is_no_action():
    assert parse("alert(1)") is None


def test_without_the_library_nothing_happens():
    host = Host()
    ScriptedPage(host).run(Action(do="navigate", url="x").script())
    assert host.fetched == []


def test_with_the_library_actions_are_done():
    host = Host()
    page = ScriptedPage(host)
    page.run(library())
    page.run("alert(1)")
    page.run(Action(do="navigate", url="x").script())
    page.run(Action(do="follow", url="w").script())
    page.run(Action(do="open", url="y").script())
    assert host.fetched == ["left for x", "followed w", "popped y"]


def test_fetching_and_sending_record_and_report():
    host = Host()
    page = ScriptedPage(host)
    page.run(library())
    page.run(Action(do="look").script())
    page.run(Action(do="fetch", url="z", number="1").script())
    page.run(Action(do="send", text="hello", number="2").script())
    assert host.fetched[0] == "z"
    assert "hidden" in host.fetched[1]
    assert "200+null+body" in host.fetched[1]
    assert "answered+hello" in host.fetched[2]
