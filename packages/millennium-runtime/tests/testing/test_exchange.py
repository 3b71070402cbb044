"""A request and its answer, without an engine."""

from __future__ import annotations

import threading

import pytest

from millennium_runtime.request import Request, Response
from millennium_runtime.testing import Exchange, Fetched


def exchange(protocol):
    made = Exchange(Request(method="GET", uri="millennium://localhost/x"))
    made.start(protocol)
    return made


def test_an_answer_is_kept():
    response = Response(status=201, headers=(("X-One", "1"),), body=b"body")
    fetched = exchange(lambda request, respond: respond(response)).wait()
    assert fetched == Fetched(status=201, headers={"x-one": "1"}, body=b"body")
    assert fetched.text == "body"


def test_chunks_are_joined_beside_the_caller():
    threads = []

    def chunks():
        threads.append(threading.current_thread())
        yield from (b"a", b"b")

    made = exchange(lambda request, respond: respond(Response(body=chunks())))
    assert made.wait().body == b"ab"
    assert threads != [threading.current_thread()]


def test_chunks_that_fail_end_the_connection():
    def chunks():
        yield b"a"
        raise LookupError("the rest is gone")

    made = exchange(lambda request, respond: respond(Response(body=chunks())))
    with pytest.raises(ConnectionError, match="broke off"):
        made.wait()


def test_a_second_answer_is_dropped_and_remembered():
    def twice(request, respond):
        respond(Response(body=b"first"))
        respond(Response(body=b"second"))

    made = exchange(twice)
    assert made.wait().body == b"first"
    assert made.is_answered_twice


def test_a_protocol_that_raises_is_answered_with_500():
    assert exchange(lambda request, respond: int("no number")).wait().status == 500


def test_a_protocol_that_raises_after_its_answer_keeps_it():
    def answer_and_raise(request, respond):
        respond(Response(body=b"fine"))
        raise LookupError("afterwards")

    assert exchange(answer_and_raise).wait().body == b"fine"


def test_waiting_in_vain_ends():
    with pytest.raises(TimeoutError, match=r"was not answered within 0.01 s"):
        exchange(lambda request, respond: None).wait(0.01)
