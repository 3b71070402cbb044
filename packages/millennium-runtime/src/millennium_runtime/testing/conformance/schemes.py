"""Checks of `millennium_runtime.request`: what a page asks of our scheme, and what it gets."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from millennium_runtime.request import Request, Responder, Response
from millennium_runtime.testing.conformance.check import check
from millennium_runtime.testing.conformance.log import expect
from millennium_runtime.testing.conformance.scripts import ORIGIN, Action
from millennium_runtime.testing.conformance.stage import Stage
from millennium_runtime.testing.conformance.stage_window import StageWindow, WindowPlan


@check("request 1")
def a_request_names_what_is_asked(stage: Stage) -> None:
    """Method, full URI without fragment and the window's label are in the request."""
    window = stage.open(WindowPlan(label="asking"))
    _serve(window, Response(headers=_plain()))
    _fetch(window, Action(do="fetch", url=f"{ORIGIN}/check?a=b%20c#fragment", method="PUT"))
    request = _asked(window)
    expect(request.method == "PUT", f"the method is {request.method}")
    expect(request.uri == f"{ORIGIN}/check?a=b%20c", f"the uri is {request.uri}")
    expect(request.window == "asking", f"the window is {request.window!r}")


@check("request 1")
def request_headers_are_lower_case(stage: Stage) -> None:
    """Headers of the page arrive with lower-case names."""
    window = stage.open()
    _serve(window, Response(headers=_plain()))
    _fetch(window, Action(do="fetch", url=f"{ORIGIN}/check", headers={"X-Ticket": "One Use"}))
    headers = _asked(window).headers
    expect(headers.get("x-ticket") == "One Use", f"the headers are {dict(headers)}")


@check("request 1")
def a_body_can_be_read(stage: Stage) -> None:
    """`read_body` returns the body, and refuses one that is larger than allowed."""
    window = stage.open()
    window.site.routes["/check"] = _echo_body
    big = _fetch(
        window, Action(do="fetch", url=f"{ORIGIN}/check", method="POST", body="ünïcödé" * 100)
    )
    expect(big == f"200 null {'ünïcödé' * 100}", f"the page got {big[:80]!r}")
    window.site.routes["/check"] = _refuse_body
    refused = _fetch(window, Action(do="fetch", url=f"{ORIGIN}/check", method="POST", body="four"))
    expect(refused == "413 null too large", f"the page got {refused!r}")


@check("request 2")
def a_response_arrives_as_given(stage: Stage) -> None:
    """Status, headers and body reach the page as they were given."""
    window = stage.open()
    answers = {200: b"fine", 201: "ünïcödé".encode(), 404: b"missing", 418: b"teapot", 500: b"oh"}
    for status, body in answers.items():
        _serve(window, Response(status=status, headers=_plain(), body=body))
        got = _fetch(window, Action(do="fetch", url=f"{ORIGIN}/check"))
        wanted = f"{status} yes {body.decode()}"
        expect(got == wanted, f"the page got {got!r}, not {wanted!r}")


@check("request 2")
def an_empty_body_arrives(stage: Stage) -> None:
    """A response without a body reaches the page."""
    window = stage.open()
    _serve(window, Response(headers=_plain()))
    got = _fetch(window, Action(do="fetch", url=f"{ORIGIN}/check"))
    expect(got == "200 yes ", f"the page got {got!r}")


@check("request 2")
def a_memoryview_arrives(stage: Stage) -> None:
    """A body may be a memoryview."""
    window = stage.open()
    _serve(window, Response(headers=_plain(), body=memoryview(b"<view>")[1:-1]))
    got = _fetch(window, Action(do="fetch", url=f"{ORIGIN}/check"))
    expect(got == "200 yes view", f"the page got {got!r}")


@check("request 2")
def chunks_arrive_in_order(stage: Stage) -> None:
    """An iterable body reaches the page whole and in order; it is read beside the loop."""
    window = stage.open()
    threads: set[int] = set()

    def chunks() -> list[bytes]:
        return [b"%d " % number for number in range(1000)]

    def stream() -> Iterator[bytes]:
        for chunk in chunks():
            threads.add(threading.get_ident())
            yield chunk

    window.site.routes["/check"] = lambda _request, respond: respond(
        Response(headers=_plain(), body=stream())
    )
    got = _fetch(window, Action(do="fetch", url=f"{ORIGIN}/check"))
    expect(got == f"200 yes {b''.join(chunks()).decode()}", "chunks were lost or out of order")
    main = stage.on_main(threading.get_ident)
    expect(main not in threads, "the body was read on the main thread")


@check("request 3")
def an_answer_may_come_late_and_from_any_thread(stage: Stage) -> None:
    """A request may be answered after its handler returned, from another thread."""
    window = stage.open()

    def answer_later(_request: Request, respond: Responder) -> None:
        response = Response(headers=_plain(), body=b"late")
        threading.Timer(0.1, respond, (response,)).start()

    window.site.routes["/check"] = answer_later
    got = _fetch(window, Action(do="fetch", url=f"{ORIGIN}/check"))
    expect(got == "200 yes late", f"the page got {got!r}")


@check("request 3")
def a_second_answer_is_dropped(stage: Stage) -> None:
    """Of two answers the page gets the first; the loop goes on."""
    window = stage.open()

    def answer_twice(_request: Request, respond: Responder) -> None:
        respond(Response(headers=_plain(), body=b"first"))
        respond(Response(status=500, headers=_plain(), body=b"second"))

    window.site.routes["/check"] = answer_twice
    got = _fetch(window, Action(do="fetch", url=f"{ORIGIN}/check"))
    expect(got == "200 yes first", f"the page got {got!r}")


@check("request 3")
def a_failing_protocol_fails_its_request(stage: Stage) -> None:
    """When the protocol raises, the page's request fails with 500 or as a network error."""
    window = stage.open()

    def fail(_request: Request, _respond: Responder) -> None:
        raise LookupError("on purpose: the suite checks that the page hears of it")

    window.site.routes["/check"] = fail
    got = _fetch(window, Action(do="fetch", url=f"{ORIGIN}/check"))
    expect(got == "failed" or got.startswith("500 "), f"the page got {got!r}")


@check("request 3")
def requests_of_a_gone_window_are_harmless(stage: Stage) -> None:
    """An answer after its window is gone does no harm."""
    window = stage.open()
    held: list[Responder] = []
    window.site.routes["/check"] = lambda _request, respond: held.append(respond)
    window.run(Action(do="fetch", url=f"{ORIGIN}/check"))
    window.site.requests.wait(lambda request: request.uri.endswith("/check"), "request")
    window.dispatcher.destroy()
    window.wait_destroyed()
    held[0](Response(headers=_plain(), body=b"too late"))
    stage.settle()


@check("request 3")
def an_answer_after_the_end_is_harmless(stage: Stage) -> None:
    """An answer after the loop ended does no harm to who gives it."""
    window = stage.open()
    held: list[Responder] = []
    window.site.routes["/check"] = lambda _request, respond: held.append(respond)
    window.run(Action(do="fetch", url=f"{ORIGIN}/check"))
    window.site.requests.wait(lambda request: request.uri.endswith("/check"), "request")
    stage.finish()
    held[0](Response(headers=_plain(), body=b"too late"))


def _plain() -> tuple[tuple[str, str], ...]:
    return (("content-type", "text/plain; charset=utf-8"), ("x-check", "yes"))


def _serve(window: StageWindow, response: Response) -> None:
    window.site.routes["/check"] = partial(_respond, response)


def _respond(response: Response, _request: Request, respond: Responder) -> None:
    respond(response)


def _fetch(window: StageWindow, ask: Action) -> str:
    """Have the page fetch and return the line it recorded: "STATUS X-CHECK BODY" or "failed"."""
    number = window.number()
    window.run(replace(ask, number=number))
    return window.report(number).trace[-1]


def _asked(window: StageWindow) -> Request:
    return window.site.requests.wait(lambda request: "/check" in request.uri, "request")


def _echo_body(request: Request, respond: Responder) -> None:
    body = request.read_body(10_000)
    respond(Response(headers=(("content-type", "text/plain; charset=utf-8"),), body=body))


def _refuse_body(request: Request, respond: Responder) -> None:
    try:
        request.read_body(3)
    except ValueError:
        headers = (("content-type", "text/plain"),)
        respond(Response(status=413, headers=headers, body=b"too large"))
