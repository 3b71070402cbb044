"""The byte path: a ticket admits one transfer of one document, and nothing else does."""

from __future__ import annotations

import json

import pytest

from millennium.errors import TooLargeError
from millennium.ipc import transfer
from millennium.ipc.transfer import Transfers
from millennium.security.headers import BARE_HEADERS
from millennium_runtime.request import Request, Response

URL = "millennium://localhost/__millennium/ipc/"


def size(data: bytes) -> int:
    return len(data)


def bytes_of(n: int) -> bytes:
    return b"y" * n


def upload_ticket(page, number: int = 1, length: int = 3):
    page.call(number, "size", [{}, {}, length, False])
    return page.ticket(number)


def download_ticket(page, number: int = 1):
    page.call(number, "bytes_of", {"n": 5})
    return page.ticket(number)


def code_of(answer: Response):
    assert isinstance(answer.body, bytes)
    return json.loads(answer.body)["code"]


@pytest.fixture
def room(make_room):
    return make_room(size, bytes_of)


def test_an_upload_ticket_works_once(room) -> None:
    page = room.open()
    ticket = upload_ticket(page)

    assert page.fetch("POST", ticket, b"abc").status == 204
    assert page.fetch("POST", ticket, b"abc").status == 403


def test_a_download_ticket_works_once(room) -> None:
    page = room.open()
    ticket = download_ticket(page)

    assert page.fetch("GET", ticket).status == 200
    assert page.fetch("GET", ticket).status == 403


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("ticket", ["", "A" * 22, "é"], ids=["none", "guess", "non-ascii"])
def test_without_a_ticket_nothing_is_read_or_given(room, method: str, ticket: str) -> None:
    answers: list[Response] = []
    room.open()
    room.bridge.serve(
        Request(
            method=method,
            uri=URL,
            headers={"x-millennium-ticket": ticket},
            window="main",
            read_body=lambda limit: pytest.fail("the body was touched"),
        ),
        answers.append,
    )

    assert [answer.status for answer in answers] == [403]
    assert code_of(answers[0]) == "ipc.not_allowed"


def test_a_ticket_works_in_its_own_direction_only(room) -> None:
    page = room.open()

    assert page.fetch("GET", upload_ticket(page, 1)).status == 403
    assert page.fetch("POST", download_ticket(page, 2), b"abc").status == 403


def test_a_ticket_dies_with_its_document(room) -> None:
    old = room.open()
    up, down = upload_ticket(old, 1), download_ticket(old, 2)
    new = room.open()

    assert new.fetch("POST", up, b"abc").status == 403
    assert new.fetch("GET", down).status == 403


def test_a_ticket_of_another_window_is_refused(room, make_room) -> None:
    ticket = upload_ticket(room.open())

    assert make_room(size).open().fetch("POST", ticket, b"abc").status == 403


def test_a_request_of_another_window_is_refused(room) -> None:
    page = room.open()
    ticket = upload_ticket(page)
    answers: list[Response] = []
    headers = {"x-millennium-ticket": ticket}
    room.bridge.serve(
        Request(method="POST", uri=URL, headers=headers, window="other"), answers.append
    )

    assert answers[0].status == 403
    assert page.fetch("POST", ticket, b"abc").status == 204


def test_an_engine_that_cannot_name_the_window_is_fine(room) -> None:
    page = room.open()
    answers: list[Response] = []
    headers = {"x-millennium-ticket": download_ticket(page)}
    room.bridge.serve(Request(method="GET", uri=URL, headers=headers), answers.append)

    assert answers[0].status == 200


def test_a_request_that_names_another_origin_is_refused(room) -> None:
    page = room.open()
    ticket = download_ticket(page)

    refused = page.fetch("GET", ticket, origin="https://evil.example")

    assert refused.status == 403
    assert "access-control-allow-origin" not in dict(refused.headers)
    assert page.fetch("GET", ticket, origin="millennium://localhost").status == 200


def test_a_trusted_page_of_another_origin_may_read_the_answer(room) -> None:
    page = room.open("https://good.example/")
    answer = page.fetch("GET", download_ticket(page), origin="https://good.example")

    assert ("access-control-allow-origin", "https://good.example") in answer.headers


def test_a_preflight_allows_the_ticket_header_and_no_more(room) -> None:
    page = room.open("https://good.example/")
    answer = page.fetch("OPTIONS", "", origin="https://good.example")

    assert answer.status == 204
    allowed = ("access-control-allow-headers", "x-millennium-ticket, content-type")
    assert allowed in answer.headers


def test_a_preflight_of_a_stranger_is_refused(room) -> None:
    room.open()
    answer = room.commit("https://evil.example/").fetch(
        "OPTIONS", "", origin="https://evil.example"
    )

    assert answer.status == 403
    assert "access-control-allow-origin" not in dict(answer.headers)


def test_before_the_hello_nothing_is_served(room) -> None:
    page = room.commit()
    ticket = room.bridge._document.transfers.park(1, b"early", "text/plain")

    assert page.fetch("GET", ticket).status == 403


def test_other_methods_are_refused(room) -> None:
    page = room.open()

    assert page.fetch("PUT", upload_ticket(page), b"abc").status == 403


@pytest.mark.parametrize("body", [b"ab", b"abcd"], ids=["shorter", "longer"])
def test_an_upload_of_another_length_is_refused(room, body: bytes) -> None:
    page = room.open()

    assert page.fetch("POST", upload_ticket(page), body).status == 403
    assert not page.settled(1)


def test_an_upload_that_declares_another_length_is_refused_unread(room) -> None:
    page = room.open()
    declared = {"content-length": "4"}

    assert code_of(page.fetch("POST", upload_ticket(page), b"abc", **declared)) == "ipc.malformed"


def test_an_error_while_serving_refuses(room, caplog: pytest.LogCaptureFixture) -> None:
    page = room.open()
    answers: list[Response] = []
    room.bridge.serve(
        Request(
            method="POST",
            uri=URL,
            headers={"x-millennium-ticket": upload_ticket(page)},
            window="main",
            read_body=lambda limit: bytes(1 // 0),
        ),
        answers.append,
    )

    assert code_of(answers[0]) == "ipc.not_allowed"
    assert "ZeroDivisionError" in caplog.text


def test_every_answer_forbids_storing_and_sniffing(room) -> None:
    headers = dict(room.open().fetch("GET", "x").headers)

    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"


def test_an_aborted_call_drops_its_tickets(room) -> None:
    page = room.open()
    up, down = upload_ticket(page, 1), download_ticket(page, 2)
    kept = download_ticket(page, 3)
    page.batch([1, "", ["cancel"]], [2, "", ["cancel"]])

    assert page.fetch("POST", up, b"abc").status == 403
    assert page.fetch("GET", down).status == 403
    assert page.fetch("GET", kept).status == 200


def test_uploads_outstanding_are_limited(room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "MAX_TICKETS", 1)
    page = room.open()
    upload_ticket(page, 1)
    page.call(2, "size", [{}, {}, 3, False])

    assert page.error(2)["code"] == "ipc.too_large"


def test_results_that_wait_are_limited_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "MAX_PARKED_BYTES", 5)
    transfers = Transfers()
    ticket = transfers.park(1, b"abc", "x")
    with pytest.raises(TooLargeError):
        transfers.park(2, b"abc", "x")

    transfers.take_download(ticket)
    transfers.park(2, b"abc", "x")


def test_a_result_over_the_limit_is_said(room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "MAX_PARKED_BYTES", 5)
    page = room.open()
    page.call(1, "bytes_of", {"n": 6})

    assert page.error(1)["code"] == "ipc.too_large"


def test_tickets_are_never_the_same(room) -> None:
    page = room.open()

    assert len({upload_ticket(page, number) for number in range(50)}) == 50


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "PUT"])
@pytest.mark.parametrize("has_ticket", [True, False], ids=["admitted", "refused"])
def test_each_answer_could_do_nothing_as_a_page(room, method: str, has_ticket: bool) -> None:
    page = room.open()
    tickets = {"GET": download_ticket, "POST": upload_ticket}
    find = tickets.get(method) if has_ticket else None
    answer = page.fetch(method, find(page) if find else "", b"abc")

    headers = dict(answer.headers)
    assert set(BARE_HEADERS) <= set(answer.headers)
    assert headers["content-security-policy"].startswith("default-src 'none'; ")
    assert headers["cache-control"] == "no-store"
