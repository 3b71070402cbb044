"""The isolation frame: served once, and only what it encrypted for a call is admitted."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace

import pytest
from msgspec import Raw

from millennium.errors import NotAllowedError
from millennium.ipc.isolation import Isolation, IsolationFrame
from millennium.ipc.limits import MAX_BATCH_CHARS, MAX_JSON_BYTES
from millennium.security.envelope import Place, Sealer
from millennium.security.headers import BARE_HEADERS, FIXED_HEADERS
from millennium.security.origin import APP_ORIGIN
from millennium.security.secret import Secret
from millennium_runtime.request import Request, Response

PLACE = Place(version=1, label="main", document=1)
HOOK = "window.__MILLENNIUM_ISOLATION_HOOK__ = (call) => call; // </script><!--"


def request(url: str, *, method: str = "GET", window: str = "main") -> Request:
    return Request(method=method, uri=url, headers={}, window=window)


def html(response: Response) -> str:
    return bytes(response.body).decode()  # type: ignore[arg-type]


class Inside:
    """What runs in the frame, in Python: it has the key that was served."""

    def __init__(self, page: str, place: Place = PLACE) -> None:
        (key,) = re.findall(r'octets\("([A-Za-z0-9+/]{43}=)"\)', page)
        self.key = Secret(base64.b64decode(key))
        self.sealer = Sealer(place)

    def envelope(self, call: int, name: str, args: Mapping[str, object]) -> Raw:
        return self.raw(call, json.dumps([name, args]).encode())

    def raw(self, call: int, plaintext: bytes) -> Raw:
        return Raw(json.dumps(self.sealer.seal(self.key, str(call), plaintext)).encode())


@pytest.fixture
def frame() -> IsolationFrame:
    return Isolation.of_session([HOOK]).frame("main", 1, APP_ORIGIN)


def test_no_two_sessions_share_an_origin() -> None:
    origins = {str(Isolation.of_session([]).origin) for _ in range(50)}

    assert len(origins) == 50
    assert all(origin.endswith(".localhost") for origin in origins)


def test_the_frame_is_served_once(frame: IsolationFrame) -> None:
    assert frame.serve(request(frame.url)).status == 200
    assert frame.serve(request(frame.url)).status == 404


@pytest.mark.parametrize("path", ["", "/", "/index.html", "/wrong", "/wröng"])
def test_another_address_gets_nothing_and_spends_nothing(frame: IsolationFrame, path: str) -> None:
    assert frame.serve(request(f"{frame.url.rpartition('/')[0]}{path}")).status == 404
    assert frame.serve(request(frame.url)).status == 200


def test_only_get_is_answered(frame: IsolationFrame) -> None:
    assert frame.serve(request(frame.url, method="POST")).status == 404


def test_the_document_may_load_nothing_and_be_framed_by_its_page_only(
    frame: IsolationFrame,
) -> None:
    headers = dict(frame.serve(request(frame.url)).headers)

    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "sandbox allow-scripts;" in policy
    assert "frame-ancestors millennium://localhost;" in policy
    assert headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in headers
    assert set(FIXED_HEADERS) <= set(headers.items())


def test_an_address_without_a_frame_can_do_nothing_as_a_page(frame: IsolationFrame) -> None:
    assert set(BARE_HEADERS) <= set(frame.serve(request("/wrong")).headers)


def test_its_policy_names_each_script_that_is_there(frame: IsolationFrame) -> None:
    response = frame.serve(request(frame.url))
    scripts = re.findall(r"<script>(.*?)</script>", html(response), re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(each.encode()).digest()) for each in scripts]

    policy = dict(response.headers)["content-security-policy"]
    assert len(scripts) == 2
    assert re.findall(r"'sha256-([^']+)'", policy) == [each.decode() for each in digests]


def test_what_the_frame_encrypted_is_opened(frame: IsolationFrame) -> None:
    inside = Inside(html(frame.serve(request(frame.url))))

    assert frame.open(7, inside.envelope(7, "echo", {"n": 1})) == ("echo", Raw(b'{"n": 1}'))


def test_bytes_beside_the_frame_are_announced(frame: IsolationFrame) -> None:
    inside = Inside(html(frame.serve(request(frame.url))))
    plaintext = b'["save",[{},{"n":1},5,false]]'

    assert frame.open(7, inside.raw(7, plaintext)) == ("save", Raw(b'[{},{"n":1},5,false]'))


def test_arguments_beside_the_frame_are_refused(frame: IsolationFrame) -> None:
    inside = Inside(html(frame.serve(request(frame.url))))

    with pytest.raises(NotAllowedError, match="beside the isolation frame"):
        frame.open(7, inside.raw(7, b'["echo",[{},{"n":1},5,true]]'))


@pytest.mark.parametrize("raw", [b"{}", b'{"n":1}', b"[]", b"0", b"null"])
def test_what_is_no_envelope_is_refused(frame: IsolationFrame, raw: bytes) -> None:
    with pytest.raises(NotAllowedError, match="skipped the isolation frame"):
        frame.open(1, Raw(raw))


def test_an_envelope_for_another_call_is_refused(frame: IsolationFrame) -> None:
    inside = Inside(html(frame.serve(request(frame.url))))

    with pytest.raises(NotAllowedError, match="does not open"):
        frame.open(2, inside.envelope(1, "echo", {}))


def test_an_envelope_of_another_documents_frame_is_refused(frame: IsolationFrame) -> None:
    other = Isolation.of_session([]).frame("main", 1, APP_ORIGIN)
    inside = Inside(html(other.serve(request(other.url))))

    with pytest.raises(NotAllowedError, match="does not open"):
        frame.open(1, inside.envelope(1, "echo", {}))


def test_an_envelope_of_another_window_is_refused(frame: IsolationFrame) -> None:
    inside = Inside(html(frame.serve(request(frame.url))), replace(PLACE, label="other"))

    with pytest.raises(NotAllowedError, match="does not open"):
        frame.open(1, inside.envelope(1, "echo", {}))


def test_a_replayed_envelope_is_refused(frame: IsolationFrame) -> None:
    inside = Inside(html(frame.serve(request(frame.url))))
    envelope = inside.envelope(1, "echo", {})
    frame.open(1, envelope)

    with pytest.raises(NotAllowedError, match="repeats or steps back"):
        frame.open(1, envelope)


@pytest.mark.parametrize(
    "plaintext", [b"", b"[]", b'["echo"]', b"{}", b"[1,{}]", b"\xff", b'["echo",[1]]']
)
def test_an_envelope_without_a_call_is_refused(frame: IsolationFrame, plaintext: bytes) -> None:
    inside = Inside(html(frame.serve(request(frame.url))))

    with pytest.raises(NotAllowedError, match="holds no call"):
        frame.open(1, inside.raw(1, plaintext))


def test_arguments_over_the_limit_are_refused(frame: IsolationFrame) -> None:
    inside = Inside(html(frame.serve(request(frame.url))))
    large = b'["echo",{"a":"' + b"x" * (MAX_JSON_BYTES + 2000) + b'"}]'

    with pytest.raises(NotAllowedError, match="over the limit"):
        frame.open(1, inside.raw(1, large))


# ── in a bridge


def echo(n: int) -> int:
    return n


def other(n: int) -> int:
    return -n


def serve(room: object, url: str, window: str = "main") -> Response:
    answers: list[Response] = []
    room.bridge.serve_frame(request(url, window=window), answers.append)  # type: ignore[attr-defined]
    return answers[0]


@pytest.fixture
def room(make_room):
    return make_room(echo, other, isolate=Isolation.of_session([HOOK]).frame)


def test_the_hello_tells_where_the_frame_is(room) -> None:
    page = room.open()

    assert serve(room, page.heads[0]["frame"]).status == 200


def test_without_the_pattern_there_is_no_frame(make_room) -> None:
    room = make_room(echo)
    page = room.open()

    answer = serve(room, "millennium://i0.localhost/x")
    assert "frame" not in page.heads[0]
    assert (answer.status, answer.headers) == (404, BARE_HEADERS)


def test_a_call_through_the_frame_runs(room) -> None:
    page = room.open()
    inside = Inside(html(serve(room, page.heads[0]["frame"])))
    page.batch(
        [1, page.handles["echo"][0], json.loads(bytes(inside.envelope(1, "echo", {"n": 5})))]
    )

    assert page.result(1) == 5


def test_a_large_call_through_the_frame_is_no_large_message(room) -> None:
    page = room.open()
    inside = Inside(html(serve(room, page.heads[0]["frame"])))
    large = inside.raw(1, b'["echo", {"n": 5' + b" " * MAX_BATCH_CHARS + b"}]")
    page.batch([1, page.handles["echo"][0], json.loads(bytes(large))])

    assert page.result(1) == 5


def test_a_call_beside_the_frame_is_refused(room) -> None:
    page = room.open()
    page.call(1, "echo", {"n": 5})

    assert page.error(1)["code"] == "ipc.not_allowed"


def test_an_envelope_for_another_command_is_refused(room) -> None:
    page = room.open()
    inside = Inside(html(serve(room, page.heads[0]["frame"])))
    page.batch(
        [1, page.handles["other"][0], json.loads(bytes(inside.envelope(1, "echo", {"n": 5})))]
    )

    assert page.error(1)["code"] == "ipc.not_allowed"


def test_verbs_need_no_envelope(room) -> None:
    page = room.open()

    assert page.batch([1, "", ["cancel"]]).status != "refused"


def test_the_frame_of_an_earlier_document_is_gone(room) -> None:
    first = room.open().heads[0]["frame"]
    second = room.open().heads[0]["frame"]

    assert serve(room, first).status == 404
    assert serve(room, second).status == 200


def test_another_window_gets_no_frame(room) -> None:
    url = room.open().heads[0]["frame"]

    assert serve(room, url, window="other").status == 404
    assert serve(room, url).status == 200


def test_a_document_that_has_not_greeted_gets_no_frame(room) -> None:
    room.commit()
    address = room.bridge._document.standing.frame.url

    assert serve(room, address).status == 404


def test_a_foreign_document_has_no_frame(room) -> None:
    room.commit("https://evil.example/")

    assert serve(room, "millennium://i0.localhost/x").status == 404


def test_the_private_world_gets_its_part_first(room, make_room) -> None:
    scripts = room.bridge.init_scripts(("millennium://localhost",))
    plain = make_room(echo).bridge.init_scripts(("millennium://localhost",))

    assert len(scripts) == len(plain) + 1
    assert "create('iframe')" in scripts[0].source
    assert len(scripts[0].source.encode()) <= 3 * 1024
