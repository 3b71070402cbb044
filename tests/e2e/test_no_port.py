"""No process of a running app listens on a port; a child process that does is found."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
HELLO = ROOT / "examples" / "hello"
FROM_SOURCE = [sys.executable, str(HELLO / "src" / "hello" / "__main__.py")]

LISTENING_CHILD = """
import os, subprocess, sys
CHILD = '''
import socket, sys, time
address = sys.argv[1]
server = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
server.bind((address, 0))
server.listen()
print(server.getsockname()[1], flush=True)
time.sleep(600)
'''
child = subprocess.Popen([sys.executable, "-c", CHILD, sys.argv.pop()], stdout=open(sys.argv.pop(), "w"))
from hello.__main__ import app
try:
    app.run()
finally:
    child.kill()
"""

pytestmark = [
    pytest.mark.gui,
    pytest.mark.timeout(120),
    pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="needs /proc/net/tcp"),
]


def listening(process: Any) -> list[int]:
    from processes import listening_ports

    return listening_ports(process.pid)


def in_tree(process: Any) -> int:
    from processes import tree

    return len(tree(process.pid))


@pytest.fixture(params=["development", "release"])
def app(desk: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    words = ["--millennium-source=release"] if request.param == "release" else []
    with desk.running([*FROM_SOURCE, *words], "Hello", PYTHONPATH=str(HELLO / "src")) as process:
        yield process


def test_no_process_of_a_running_app_listens(app: Any) -> None:
    assert in_tree(app) >= 3, "Python, the network process and a web process"
    assert listening(app) == []


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_child_process_that_listens_is_found(desk: Any, tmp_path: Path, address: str) -> None:
    if ":" in address and not has_ipv6():
        pytest.skip("needs IPv6")
    said = tmp_path / "port"
    argv = [sys.executable, "-c", LISTENING_CHILD, str(said), address]
    with desk.running(argv, "Hello", folder=HELLO, PYTHONPATH=str(HELLO / "src")) as process:
        eventually(said.read_text)
        assert listening(process) == [int(said.read_text())]


def eventually(look: Any) -> None:
    from desk import eventually as wait

    wait(look)


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as one:  # noqa: TID251 - only asks
            one.bind(("::1", 0))
    except OSError:
        return False
    return True
