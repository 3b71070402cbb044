"""B-trees: written full, read node by node, refused when a rule is broken."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from millennium_bundler.archive.hfs_plus.btree import TreeKind, read_btree, write_btree
from millennium_bundler.errors import FormatError, PackageError

KIND = TreeKind(node_bytes=512, max_key_bytes=8, compares=0, attributes=6, order=lambda key: (key,))
MANY = [(struct.pack(">I", number), bytes(20)) for number in range(1500)]


def edited(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


def test_an_empty_tree_is_a_header_alone():
    data = write_btree([], KIND)
    assert len(data) == 512
    assert read_btree(data, KIND) == []


def test_many_records_make_several_levels():
    data = write_btree(MANY, KIND)
    (depth,) = struct.unpack_from(">H", data, 14)
    assert depth == 3
    assert read_btree(data, KIND) == MANY


def test_one_record_makes_one_leaf():
    data = write_btree(MANY[:1], KIND)
    assert len(data) == 1024
    assert read_btree(data, KIND) == MANY[:1]


@settings(max_examples=50)
@given(
    st.dictionaries(
        st.binary(min_size=2, max_size=8).map(lambda key: key[: len(key) & ~1]),
        st.binary(max_size=60).map(lambda body: body[: len(body) & ~1]),
        max_size=80,
    )
)
def test_what_was_written_is_read(entries: dict[bytes, bytes]):
    records = sorted(entries.items())
    assert read_btree(write_btree(records, KIND), KIND) == records


def test_more_nodes_than_the_map_marks_are_refused():
    small = TreeKind(node_bytes=512, max_key_bytes=8, compares=0, attributes=6, order=KIND.order)
    records = [(struct.pack(">I", number), bytes(400)) for number in range(small.max_nodes)]
    with pytest.raises(FormatError) as caught:
        write_btree(records, small)
    assert caught.value.code == "macos.volume"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: edited(d, 8, b"\xff"), "no header"),
        (lambda d: edited(d, 10, b"\0\0"), "more than its records|no header"),
        (lambda d: edited(d, 32, b"\x04\x00"), "header of a tree differs"),
        (lambda d: edited(d, 20, b"\0\0\0\1"), "other records"),
        (lambda d: edited(d, 24, b"\0\0\0\2"), "other leaves"),
        (lambda d: edited(d, 248, b"\0"), "other nodes"),
        (lambda d: d + bytes(512), "differs"),
        (lambda d: d + b"\0", "other nodes"),
        (lambda d: edited(d, 512, b"\0\0\0\7"), "do not fit together"),
        (lambda d: edited(d, 512 + 8, b"\0"), "do not fit together"),
        (lambda d: edited(d, 512 + 12, b"\0\1"), "not well-formed"),
        (lambda d: edited(d, 512 + 14, b"\0\x09"), "too long"),
        (lambda d: edited(d, 512 + 16, b"\xff"), "out of order|another key"),
        (lambda d: edited(d, len(d) - 512 + 16, b"\0\0\0\1"), "out of order|another key"),
        (lambda d: edited(d, 512 + 465, b"\1"), "more than its records"),
        (lambda d: edited(d, 1022, b"\0\x10"), "not well-formed"),
        (lambda d: d[:300], "not well-formed"),
        (lambda d: edited(d, 16, b"\0\0\0\x63"), "not well-formed"),
    ],
    ids=[
        "no header",
        "no records in the header",
        "node size",
        "fewer records",
        "first leaf",
        "map",
        "node behind the end",
        "odd size",
        "link",
        "kind",
        "reserved",
        "key length",
        "order",
        "index key",
        "behind the records",
        "offset",
        "cut off",
        "root",
    ],
)
def test_a_tree_that_breaks_a_rule_is_refused(change: Callable[[bytes], bytes], words: str):
    with pytest.raises(PackageError, match=words):
        read_btree(change(write_btree(MANY, KIND)), KIND)
