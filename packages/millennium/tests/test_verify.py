"""The verification door: one pipe in, one line out."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from millennium.verify import KNOCKS, Door, Proof, take_descriptor

PROOF = Proof(version="1.2.3", engine="Mock", milliseconds=12, url="millennium://localhost/")


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reader, writer = os.pipe()
    yield reader, writer
    for number in (reader, writer):
        try:
            os.close(number)
        except OSError:
            continue


def test_without_the_option_nothing_happens() -> None:
    arguments = ["app", "--other", "file"]
    assert take_descriptor(arguments) is None
    assert arguments == ["app", "--other", "file"]


def test_the_option_is_taken_away(pipe: tuple[int, int]) -> None:
    arguments = ["app", f"--millennium-verify={pipe[1]}", "file"]
    assert take_descriptor(arguments) == pipe[1]
    assert arguments == ["app", "file"]


def test_the_pipe_is_not_passed_on_to_children(pipe: tuple[int, int]) -> None:
    os.set_inheritable(pipe[1], True)
    take_descriptor([f"--millennium-verify={pipe[1]}"])
    assert not os.get_inheritable(pipe[1])


@pytest.mark.parametrize(
    "text",
    ["=1", "=2", "=9999", "=x", "=", "=-3", "=٣", "=12345678", ""],
    ids=["stdout", "stderr", "closed", "text", "empty", "negative", "arabic", "long", "bare"],
)
def test_what_names_no_pipe_ends_the_program(text: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        take_descriptor([f"--millennium-verify{text}"])
    assert left.value.code == 2
    assert capfd.readouterr() == ("", "")


def test_a_file_is_no_pipe(tmp_path: Path) -> None:
    with (tmp_path / "a").open("w") as file, pytest.raises(SystemExit):
        take_descriptor([f"--millennium-verify={file.fileno()}"])


def test_the_reading_end_is_no_door(pipe: tuple[int, int]) -> None:
    with pytest.raises(SystemExit):
        take_descriptor([f"--millennium-verify={pipe[0]}"])


def test_two_doors_are_none(pipe: tuple[int, int]) -> None:
    with pytest.raises(SystemExit):
        take_descriptor([f"--millennium-verify={pipe[1]}"] * 2)


def test_the_last_knock_writes_one_line_and_ends_the_app(pipe: tuple[int, int]) -> None:
    left: list[bool] = []
    door = Door(pipe[1], lambda: left.append(True))
    wanted = [door.knock(lambda: PROOF) for _ in range(KNOCKS + 1)]
    with os.fdopen(os.dup(pipe[0])) as reader:
        lines = [json.loads(line) for line in reader.read().splitlines()]
    assert wanted == [True] * (KNOCKS - 1) + [False, False]
    assert lines.pop().pop("round_trip_us") >= 0
    assert lines == []
    assert left == [True]


def test_the_proof_is_that_of_the_first_knock(pipe: tuple[int, int]) -> None:
    door = Door(pipe[1], lambda: None)
    proofs = iter([PROOF])
    for _ in range(KNOCKS):
        door.knock(lambda: next(proofs))
    with os.fdopen(os.dup(pipe[0])) as reader:
        line = json.loads(reader.read())
    assert (line["version"], line["milliseconds"]) == ("1.2.3", 12)
    assert (line["engine"], line["url"]) == ("Mock", "millennium://localhost/")


def test_the_app_ends_even_if_nobody_reads(pipe: tuple[int, int]) -> None:
    left: list[bool] = []
    os.close(pipe[0])
    door = Door(pipe[1], lambda: left.append(True))
    for _ in range(KNOCKS - 1):
        door.knock(lambda: PROOF)
    with pytest.raises(BrokenPipeError):
        door.knock(lambda: PROOF)
    assert left == [True]
