"""`millennium inspect`, typed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from millennium_build.cli.main import main

Typed = Callable[..., subprocess.CompletedProcess[str]]


def test_the_policy_is_explained_source_by_source(typed: Typed, project: Path):
    done = typed("inspect", "csp", cwd=project)
    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert lines[0].split() == ["Directive", "Source", "Comes", "from", "Allows"]
    assert any(
        line.split() == ["frame-ancestors", "'none'", "default", "policy", "nothing"]
        for line in lines
    )


@pytest.fixture
def here(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(project)
    return project


@pytest.mark.usefixtures("here")
def test_json_is_for_programs(capsys: pytest.CaptureFixture[str]):
    assert main(["inspect", "csp", "--json", "--page", "index.html"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["pages"] == ["index.html"]
    assert found["directives"][0] == {
        "name": "default-src",
        "sources": [{"source": "'self'", "from": "default policy", "allows": "files of the app"}],
    }


@pytest.mark.usefixtures("here")
def test_the_header_can_be_printed_alone(capsys: pytest.CaptureFixture[str]):
    assert main(["inspect", "csp", "--header"]) == 0
    assert capsys.readouterr().out.startswith("default-src 'self'; img-src ")


def test_warnings_go_to_the_other_stream(here: Path, capsys: pytest.CaptureFixture[str]):
    config = here / "pyproject.toml"
    more = '\n[tool.millennium.security]\ncsp = "script-src https://cdn.org; upgrade-insecure-requests"\n'
    config.write_text(config.read_text("utf-8") + more, "utf-8")
    assert main(["inspect", "csp"]) == 0
    out, err = capsys.readouterr()
    assert "upgrade-insecure-requests" in out
    assert "warning: script-src https://cdn.org: who controls" in err


@pytest.mark.usefixtures("here")
def test_a_page_that_is_none_is_an_error(capsys: pytest.CaptureFixture[str]):
    assert main(["inspect", "csp", "--page", "x.html"]) == 2
    assert "error[M0350]: there is no page 'x.html' in ui" in capsys.readouterr().err
