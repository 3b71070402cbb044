"""A start without a terminal leaves a log where the user can find it."""

from __future__ import annotations

import logging
import shutil
import stat
import subprocess
import sys

import pytest

from millennium_runtime_webview.log_file import MAX_BYTES, MAX_ENTRY_CHARS, start_log_file


class Terminal:
    def isatty(self):
        return True


@pytest.fixture
def root_logger():
    root = logging.getLogger()
    before = list(root.handlers)
    yield root
    root.handlers[:] = before


def test_a_windowed_start_logs_to_the_folder(tmp_path, root_logger):
    stop = start_log_file(tmp_path / "logs", "org.example.notes")
    logging.getLogger("millennium").warning("the page did not paint")
    stop()
    path = tmp_path / "logs/org.example.notes.log"
    assert "WARNING millennium: the page did not paint" in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_after_its_end_nothing_is_logged(tmp_path, root_logger):
    start_log_file(tmp_path, "x")()
    logging.getLogger("millennium").warning("later")
    assert "later" not in (tmp_path / "x.log").read_text()


def test_without_a_folder_there_is_no_file(root_logger):
    before = list(root_logger.handlers)
    start_log_file(None, "x")()
    assert root_logger.handlers == before


def test_on_a_terminal_there_is_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    start_log_file(tmp_path, "x")()
    assert list(tmp_path.iterdir()) == []


def test_without_stderr_there_is_a_file(tmp_path, monkeypatch, root_logger):
    monkeypatch.setattr(sys, "stderr", None)
    start_log_file(tmp_path, "x")()
    assert (tmp_path / "x.log").exists()


def test_stderr_is_not_silenced_by_the_file(tmp_path, root_logger, capsys):
    root_logger.handlers[:] = []
    stop = start_log_file(tmp_path, "x")
    logging.getLogger("millennium").warning("both")
    stop()
    assert "both" in capsys.readouterr().err


def test_a_large_log_is_kept_once(tmp_path, root_logger):
    (tmp_path / "x.log").write_bytes(b"a" * (MAX_BYTES + 1))
    start_log_file(tmp_path, "x")()
    assert (tmp_path / "x.log.1").stat().st_size == MAX_BYTES + 1
    assert (tmp_path / "x.log").stat().st_size == 0


def test_a_log_that_grows_large_is_kept_once_and_begun_again(tmp_path, root_logger):
    stop = start_log_file(tmp_path, "x")
    for number in range(400):
        logging.getLogger("millennium").warning("%d %s", number, "a" * 9000)
    stop()
    sizes = {each.name: each.stat().st_size for each in tmp_path.iterdir()}
    assert set(sizes) == {"x.log", "x.log.1"}
    assert max(sizes.values()) < MAX_BYTES + MAX_ENTRY_CHARS
    assert "399 aaa" in (tmp_path / "x.log").read_text()
    assert stat.S_IMODE((tmp_path / "x.log").stat().st_mode) == 0o600


def test_a_full_log_whose_folder_is_gone_fails_nobody(tmp_path, root_logger):
    stop = start_log_file(tmp_path / "logs", "x")
    shutil.rmtree(tmp_path / "logs")
    for _ in range(150):
        logging.getLogger("millennium").warning("a" * 9000)
    stop()
    assert not (tmp_path / "logs").exists()


def test_what_an_exception_says_is_no_entry_of_its_own(tmp_path, root_logger):
    stop = start_log_file(tmp_path, "x")
    try:
        raise ValueError(
            "a\n2026-01-01 WARNING millennium: forged\r\x1b[2J\x9b2J\u202e\u2028\ud800"
        )
    except ValueError:
        logging.getLogger("millennium").exception("it failed")
    stop()
    entry, *rest = (tmp_path / "x.log").read_text().splitlines()
    assert entry.endswith("ERROR millennium: it failed")
    assert all(line.startswith("  ") for line in rest)
    assert all(line.isprintable() for line in rest)
    assert rest[-1] == (r"  2026-01-01 WARNING millennium: forged\r\x1b[2J\x9b2J\u202e\u2028\ud800")


def test_a_long_entry_is_cut(tmp_path, root_logger):
    stop = start_log_file(tmp_path, "x")
    logging.getLogger("millennium").warning("a" * 10_000_000)
    stop()
    text = (tmp_path / "x.log").read_text()
    assert len(text) < MAX_ENTRY_CHARS + 100
    assert "characters more" in text


def test_a_terminal_without_logging_of_the_apps_own_is_told_plainly(root_logger, capsys):
    root_logger.handlers[:] = []
    start_log_file(None, "x")()
    logging.getLogger("millennium").warning("a\x1b[2Jb\nforged")
    assert capsys.readouterr().err == "a\\x1b[2Jb\n  forged\n"


def test_a_folder_that_cannot_be_made_is_said(tmp_path, caplog):
    (tmp_path / "file").touch()
    start_log_file(tmp_path / "file", "x")()
    assert "the log file cannot be written" in caplog.text


def test_why_a_windowed_start_failed_is_in_the_log(tmp_path):
    code = (
        "import sys; from pathlib import Path; from millennium_runtime import RuntimeAttributes\n"
        "from millennium_runtime_webview import WebviewRuntime\n"
        "WebviewRuntime.new(RuntimeAttributes(\n"
        "    identifier='x', app_name='X', log_directory=Path(sys.argv[1])))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        stderr=subprocess.DEVNULL,
        check=False,
        env={"HOME": str(tmp_path)},
    )
    assert done.returncode == 1
    text = (tmp_path / "x.log").read_text()
    assert "CRITICAL" in text
    assert "runtime.no_engine" in text
    assert "there is no display" in text
    assert "xvfb-run" in text
