"""The reply a page waits with."""

from __future__ import annotations

import pytest

from millennium_runtime.testing import FakeReply, SettledTwiceError


def test_a_new_reply_is_pending():
    reply = FakeReply()
    assert (reply.status, reply.text) == ("pending", "")


def test_an_answer_is_kept():
    reply = FakeReply()
    reply.answer("yes")
    assert (reply.wait().status, reply.text) == ("answered", "yes")


def test_a_refusal_is_kept():
    reply = FakeReply()
    reply.refuse("no")
    assert (reply.wait().status, reply.text) == ("refused", "no")


def test_settling_twice_is_an_error_and_changes_nothing():
    reply = FakeReply()
    reply.answer("first")
    with pytest.raises(SettledTwiceError, match="answered already"):
        reply.refuse("second")
    assert (reply.status, reply.text, reply.is_settled_twice) == ("answered", "first", True)


def test_waiting_in_vain_ends():
    with pytest.raises(TimeoutError, match=r"not settled within 0.01 s"):
        FakeReply().wait(0.01)


def test_a_listener_is_told_when_it_is_settled():
    reply = FakeReply()
    told: list[FakeReply] = []
    reply.when_settled(told.append)
    reply.answer("yes")
    assert told == [reply]


def test_a_listener_that_comes_late_is_told_at_once():
    reply = FakeReply()
    told: list[FakeReply] = []
    reply.answer("yes")
    reply.when_settled(told.append)
    assert told == [reply]
