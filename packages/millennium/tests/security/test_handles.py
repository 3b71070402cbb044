"""Handles are random, and in mode "call" work once."""

from __future__ import annotations

from millennium.security.handles import (
    HANDLE_CHARS,
    MAX_SPARE_HANDLES,
    SPARE_HANDLES,
    HandleTable,
)


def test_a_session_handle_keeps_working() -> None:
    table: HandleTable[int] = HandleTable()
    (handle,) = table.issue([("greet", 7)])["greet"]

    assert [table.find(handle), table.find(handle)] == [7, 7]
    assert table.refill() == {}
    assert not table.is_low


def test_a_name_is_no_handle() -> None:
    table: HandleTable[int] = HandleTable()
    table.issue([("greet", 7)])

    assert table.find("greet") is None


def test_a_call_handle_works_once() -> None:
    table: HandleTable[int] = HandleTable("call")
    first, *_ = table.issue([("greet", 7)])["greet"]

    assert table.find(first) == 7
    assert table.find(first) is None


def test_call_handles_come_with_spares_that_all_work() -> None:
    table: HandleTable[int] = HandleTable("call")
    fresh = table.issue([("greet", 7)])["greet"]

    assert len({*fresh}) == SPARE_HANDLES
    assert {table.find(handle) for handle in fresh} == {7}


def test_a_refill_brings_the_spares_back_to_full() -> None:
    table: HandleTable[int] = HandleTable("call")
    handles = table.issue([("greet", 7), ("other", 8)])["greet"]
    used = [table.find(handle) for handle in handles[: SPARE_HANDLES // 2 + 1]]
    fresh = table.refill()

    assert [*fresh] == ["greet"]
    assert len(fresh["greet"]) == len(used)
    assert table.find(fresh["greet"][0]) == table.find(handles[-1]) == 7


def test_half_of_the_spares_are_used_before_a_refill() -> None:
    table: HandleTable[int] = HandleTable("call")
    handles = table.issue([("greet", 7)])["greet"]
    used = [table.find(handle) for handle in handles[: SPARE_HANDLES // 2]]
    early = (table.is_low, table.refill())
    table.find(handles[-1])

    assert early == (False, {})
    assert table.is_low
    assert len(table.refill()["greet"]) == len(used) + 1
    assert not table.is_low


def test_a_name_that_ran_dry_gets_twice_as_many() -> None:
    table: HandleTable[int] = HandleTable("call")
    for handle in table.issue([("greet", 7)])["greet"]:
        table.find(handle)

    assert table.is_low
    assert len(table.refill()["greet"]) == 2 * SPARE_HANDLES


def test_spares_stop_growing_at_the_limit() -> None:
    table: HandleTable[int] = HandleTable("call")
    fresh = table.issue([("greet", 7)])
    for _ in range(8):
        for handle in fresh["greet"]:
            table.find(handle)
        fresh = table.refill()

    assert len(fresh["greet"]) == MAX_SPARE_HANDLES


def test_handles_of_fifty_documents_share_none() -> None:
    tables = [HandleTable[int]() for _ in range(50)]
    handles = [table.issue([("greet", 7)])["greet"][0] for table in tables]

    assert len({*handles}) == 50
    assert {len(handle) for handle in handles} == {HANDLE_CHARS}
