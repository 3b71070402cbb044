"""Requests and responses as data."""

from __future__ import annotations

from millennium_runtime.request import Request, Response


def test_a_request_without_a_body_reads_as_empty():
    assert Request(method="GET", uri="millennium://localhost/").read_body(10) == b""


def test_a_response_is_a_success_without_a_body():
    assert Response() == Response(status=200, headers=(), body=b"")
