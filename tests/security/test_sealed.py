"""Sealed calls and answers cross the bridge encrypted; tampered ones are refused."""

from __future__ import annotations

import pytest

Report = dict[str, dict[str, object]]

ANSWERS = {
    "inline": "marked-inline",
    "pool": "marked-pool",
    "later": "marked-later",
    "plain": "marked-plain",
    "failing": "sealed.failing: no: marked-failing",
    "wrong": "command.bad_args: inline: Object contains unknown field `txt`",
    "headers": "marked-headers",
    "words": "é世界 \U0001f680 marked-words",
    "large": "ipc.too_large: a sealed call carries 262144 characters at most",
    "largeAnswer": 1_000_000,
    "bytes": "command.bad_result: a sealed command cannot return bytes",
    "aborted": "command.aborted",
    "many": True,
}


@pytest.mark.parametrize("call", ANSWERS)
def test_a_sealed_command_answers_as_others_do(sealed: Report, call: str) -> None:
    assert sealed["calls"][call] == ANSWERS[call]


def test_of_all_texts_only_the_plain_one_can_be_read_on_the_way(sealed: Report) -> None:
    assert sealed["calls"]["seen"] == ["marked-plain"]


@pytest.mark.parametrize("tampering", ["clear", "flipped", "stepped"])
def test_a_tampered_call_is_refused_and_its_neighbours_are_not(
    sealed: Report, tampering: str
) -> None:
    assert sealed[tampering] == {"first": "one", "second": "ipc.not_allowed", "third": "three"}


def test_the_same_call_untouched_is_answered(sealed: Report) -> None:
    assert sealed["untouched"] == {"first": "one", "second": "two", "third": "three"}
