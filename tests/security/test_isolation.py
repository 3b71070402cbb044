"""Every call passes the isolation frame, or is refused; nobody but the frame has its key."""

from __future__ import annotations

import pytest

Report = dict[str, dict[str, object]]

SAID = {
    "plain": "plain",
    "change me": "changed",
    "rename": "RENAMED",
    "later": "later",
    "forbidden": "isolation.blocked: not this text",
    "never": "isolation.blocked: not today",
    "nothing": "isolation.blocked: the isolation hook returned no call",
    "é世界": "é世界",
    "surrogate": "ipc.not_allowed: this page may not do that",
    "unknown": "ipc.not_allowed: this page may not do that",
}
BLOCKED = {
    "parent": "blocked: SecurityError",
    "again": "blocked: TypeError",
    "network": "blocked: TypeError",
    "storage": "blocked: SecurityError",
}


@pytest.mark.parametrize("text", SAID)
def test_the_hook_passes_changes_and_blocks(isolation: Report, text: str) -> None:
    assert isolation["calls"][text] == SAID[text]


def test_a_slow_hook_holds_nobody_else_up(isolation: Report) -> None:
    assert isolation["calls"]["order"] == "plain,later"


def test_many_and_large_calls_pass(isolation: Report) -> None:
    assert isolation["calls"]["many"] is True
    assert isolation["calls"]["large"] == 3_000_000


def test_the_hook_sees_how_many_bytes_a_call_brings(isolation: Report) -> None:
    assert isolation["calls"]["bytes"] == 100
    assert isolation["calls"]["manyBytes"] == "isolation.blocked: too many bytes"


def test_the_page_cannot_reach_into_the_frame_nor_load_it_again(isolation: Report) -> None:
    assert isolation["calls"]["sandbox"] == "allow-scripts"
    assert isolation["calls"]["reach"] == "null"
    assert isolation["calls"]["again"] == "TypeError"


@pytest.mark.parametrize("what", BLOCKED)
def test_the_frame_reaches_nothing(isolation: Report, what: str) -> None:
    inside = isolation["calls"]["inside"]
    assert isinstance(inside, dict)
    assert inside[what] == BLOCKED[what]


def test_the_key_leaves_no_trace_in_the_frames_document(isolation: Report) -> None:
    inside = isolation["calls"]["inside"]
    assert isinstance(inside, dict)
    assert inside["origin"] == "null"
    assert inside["scripts"] == 2  # the two of the hook; the one with the key took itself away
    assert inside["key"] == "none"


@pytest.mark.parametrize(
    ("what", "answer"),
    [
        ("json", "command.bad_args: echo: JSON expected, not bytes"),
        ("text", "isolation.blocked: a call of no size"),
        ("right", 9),
        ("other", "ipc.too_large: an upload is longer than announced"),
    ],
)
def test_a_page_that_asks_the_frame_itself_gets_no_more_than_the_hook_saw(
    isolation: Report, what: str, answer: object
) -> None:
    assert isolation["beside"][what] == answer


def test_the_frame_hears_nobody_before_its_hook_is_there(isolation: Report) -> None:
    assert isolation["early"] == {"asked": True, "said": "isolation.blocked: not this text"}


def test_elements_named_as_the_documents_own_properties_hide_nothing(isolation: Report) -> None:
    assert isolation["hidden"] == {"hidden": ["object", "FORM"], "said": "first"}


def test_neither_frame_nor_private_world_uses_what_a_page_replaced(isolation: Report) -> None:
    assert isolation["poisoned"] == {"said": "changed", "used": [], "control": True}


def test_a_document_that_has_no_root_or_is_written_anew_has_no_frame(isolation: Report) -> None:
    gone = "isolation.gone: message refused"
    assert isolation["rootless"] == {"said": gone}
    assert isolation["opened"] == {"first": "first", "after": gone}


def test_a_frame_that_was_moved_ends_the_pages_calls(isolation: Report) -> None:
    assert isolation["moved"] == {"first": "first", "after": "isolation.gone: message refused"}


def test_a_page_can_neither_speak_for_the_frame_nor_silence_it(isolation: Report) -> None:
    assert isolation["claimed"] == {
        "first": "first",
        "claimed": "later",
        "after": "isolation.gone: message refused",
        "heard": True,
    }


def test_a_frame_that_was_sent_elsewhere_ends_the_pages_calls(isolation: Report) -> None:
    assert isolation["away"] == {"first": "first", "after": "isolation.gone: message refused"}


def test_a_frame_that_was_removed_answers_even_what_was_under_way(isolation: Report) -> None:
    gone = "isolation.gone: message refused"
    assert isolation["gone"] == {"first": "first", "under": gone, "after": gone}


def test_a_call_that_skipped_the_frame_is_refused(isolation: Report) -> None:
    denied = "ipc.not_allowed: this page may not do that"
    assert isolation["forged"] == {"first": "first", "forged": denied}


def test_without_the_gates_check_the_forged_call_runs(isolation: Report) -> None:
    assert isolation["forged-open"] == {"first": "first", "forged": "forged"}


def test_a_key_that_stayed_would_be_found(isolation: Report) -> None:
    assert isolation["kept"]["scripts"] == 3
    assert isolation["kept"]["key"] != "none"
