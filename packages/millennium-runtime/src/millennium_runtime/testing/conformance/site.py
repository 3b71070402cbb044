"""The suite's own web site, served to the page by the scheme under test."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from millennium_runtime.request import Request, Responder, Response
from millennium_runtime.testing.conformance.log import Log
from millennium_runtime.testing.conformance.scripts import Action

__all__ = ["Report", "Site"]

Route = Callable[[Request, Responder], None]

_PAGE = "<!doctype html><title>conformance</title><script>{script}</script><p>{path}"


@dataclass(frozen=True, slots=True)
class Report:
    """The trace of one world, as the page sent it."""

    number: str
    trace: tuple[str, ...]


class Site:
    """Serves documents at ``/``, ``/a`` and ``/b``, takes reports, and what a check adds.

    Each document records its own path by an inline script.

    Attributes:
        requests: What the page asked for, reports left out.
        reports: What the page reported.
        routes: Path → who answers, for the check's own paths.
    """

    def __init__(self, patience: float) -> None:
        self.requests: Log[Request] = Log("requests", patience)
        self.reports: Log[Report] = Log("reports", patience)
        self.routes: dict[str, Route] = dict.fromkeys(("/", "/a", "/b"), _serve_document)
        self.routes["/report"] = self._take_report

    def serve(self, request: Request, respond: Responder) -> None:
        """Be the `UriSchemeProtocol`."""
        path = urlsplit(request.uri).path
        if path != "/report":
            self.requests.append(request)
        self.routes.get(path, _miss)(request, respond)

    def _take_report(self, request: Request, respond: Responder) -> None:
        query = parse_qs(urlsplit(request.uri).query, keep_blank_values=True)
        report = Report(query["id"][0], tuple(json.loads(query["trace"][0])))
        respond(Response(status=204))
        self.reports.append(report)


def _serve_document(request: Request, respond: Responder) -> None:
    path = urlsplit(request.uri).path
    page = _PAGE.format(script=Action(do="record", text=f"document {path}").script(), path=path)
    respond(Response(headers=(("content-type", "text/html; charset=utf-8"),), body=page.encode()))


def _miss(_request: Request, respond: Responder) -> None:
    respond(Response(status=404, headers=(("content-type", "text/plain"),), body=b"nothing here"))
