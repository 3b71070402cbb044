"""A webview that starts before it is wanted: the first window's, and nobody else's."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

pytestmark = pytest.mark.gui

APP = """
import json, os, sys, time
from pathlib import Path
from millennium_runtime import RuntimeAttributes
from millennium_runtime.request import Response
from millennium_runtime.run_event import Ready
from millennium_runtime.webview import InitScript, WebviewAttributes
from millennium_runtime.window import PendingWindow
from millennium_runtime_webview import WebviewRuntime

def web_processes():
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    return sum(name_of(child).startswith("WebKitWebProc") for child in children)

def name_of(process):
    try:
        return Path(f"/proc/{process}/comm").read_text()
    except OSError:  # gone since it was listed
        return ""

def begun(wanted):  # a process that was forked has its own name a moment later
    end = time.monotonic() + (10 if wanted else 0.5)
    while (count := web_processes()) == 0 and time.monotonic() < end:
        time.sleep(0.01)
    return count

options, early = json.loads(sys.argv[1]), json.loads(sys.argv[2])
runtime = WebviewRuntime.new(RuntimeAttributes(
    identifier="org.example.spare", app_name="Spare", starts_with_window=early))
loads, before = [], begun(early)
page = b"<script>fetch('/said', { method: 'POST', body: String(window.early) })</script>"

def serve(request, respond):
    if request.uri.endswith("/said"):
        print(json.dumps({"before": before, "after": web_processes(), "loads": loads,
            "script": request.read_body(100).decode(), "agent": request.headers["user-agent"]}))
        runtime.handle().request_exit()
    respond(Response(headers=(("content-type", "text/html"),), body=page))

def on_event(event):
    if isinstance(event, Ready):
        runtime.handle().create_window(PendingWindow(
            label="main", protocols={"millennium": serve},
            page_load_handler=lambda load: loads.append([load.stage, load.source.url]),
            webview=WebviewAttributes(
                url="millennium://localhost/", user_agent="Spare/1",
                init_scripts=(InitScript(
                    source="window.early = 'yes'", origins=("millennium://localhost",)),),
                **options)))

sys.exit(runtime.run(on_event))
"""
LOADS = [["started", ""], ["committed", "millennium://localhost/"]]


def run(*, early: bool, **options: bool) -> dict[str, Any]:
    """Run an app in a process of its own; return what it saw."""
    command = [sys.executable, "-c", APP, json.dumps(options), json.dumps(early)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=40, check=False)
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout}{done.stderr}"
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_nothing_starts_before_a_window_that_was_not_announced():
    found = run(early=False)
    assert (found["before"], found["after"]) == (0, 1)


def test_the_first_window_has_the_webview_that_started_early():
    found = run(early=True)
    assert (found["before"], found["after"]) == (1, 1)


def test_its_scripts_and_settings_hold_in_its_first_document():
    found = run(early=True)
    assert (found["script"], found["agent"]) == ("yes", "Spare/1")


def test_nobody_hears_of_a_document_before_its_own():
    assert run(early=True)["loads"][:2] == LOADS


@pytest.mark.parametrize("option", ["incognito", "isolated"])
def test_a_window_apart_never_takes_it(option):
    found = run(early=True, **{option: True})
    assert (found["before"], found["after"], found["script"]) == (1, 2, "yes")
