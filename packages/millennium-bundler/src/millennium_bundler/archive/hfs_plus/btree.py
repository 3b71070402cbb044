"""The B-trees of HFS Plus: packed full when written, checked node by node when read.

Node 0 is the header, leaves follow from left to right, each level of index nodes after the one below
it; the root is the last node. Rules of the reader:

1. Every node is reached, each once, has the kind and height of its level, and nothing behind its records.
2. Keys rise within a node and from node to node; neighbours link to each other.
3. An index record carries the first key of the node it points to.
4. The header counts what is there, and its map marks the nodes in use.
5. Nothing else is there: the same records, written again, are the same bytes.

Source: Apple Technical Note 1150, "B-Trees".
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Callable
from dataclasses import dataclass

from millennium_bundler.errors import FormatError, PackageError

Record = tuple[bytes, bytes]
"""A key without its length, and its data."""

_LEAF, _INDEX, _HEADER = -1, 0, 1
_DESCRIPTOR = struct.Struct(">IIbBHH")
_HEADER_RECORD = struct.Struct(">HIIIIHHIIHIBBI64x")
_USER_DATA_BYTES = 128
_MAP_AT = _DESCRIPTOR.size + _HEADER_RECORD.size + _USER_DATA_BYTES
_HEADER_OFFSETS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeKind:
    """What tells one B-tree of a volume from another.

    Attributes:
        node_bytes: Size of a node.
        max_key_bytes: Longest key.
        compares: How keys compare: 0xCF without case, 0 for trees that do not say.
        attributes: 2 for keys with a long length, 4 for index keys as long as they are.
        order: What keys are compared by.
    """

    node_bytes: int
    max_key_bytes: int
    compares: int
    attributes: int
    order: Callable[[bytes], tuple[object, ...]]

    @property
    def max_nodes(self) -> int:
        """How many nodes the map of the header can mark."""
        return (self.node_bytes - _MAP_AT - 2 * _HEADER_OFFSETS) * 8


def write_btree(records: list[Record], kind: TreeKind) -> bytes:
    """Write a tree of sorted records.

    Raises:
        FormatError: More records than the header's map has room for.
    """
    nodes: list[bytes] = [b""]
    level, height = records, 0
    first_leaf = last_leaf = 0
    while level and (height == 0 or len(level) > 1):
        height += 1
        level = _write_level(nodes, level, height, kind)
        if height == 1:
            first_leaf, last_leaf = 1, len(nodes) - 1
    if len(nodes) > kind.max_nodes:
        message = f"{len(records)} files are more than one disk image takes"
        raise FormatError(message, code="macos.volume", help="ship fewer files")
    root = len(nodes) - 1
    header = (height, root, len(records), first_leaf, last_leaf)
    nodes[0] = _header_node(header, len(nodes), kind)
    return b"".join(nodes)


def read_btree(data: bytes, kind: TreeKind) -> list[Record]:
    """Read all leaf records in order.

    Raises:
        PackageError: A rule of this module is broken.
    """
    try:
        return _Reader(data, kind).read()
    except (struct.error, IndexError, ValueError) as exc:
        raise _corrupt("a node is not well-formed") from exc


def _write_level(
    nodes: list[bytes], records: list[Record], height: int, kind: TreeKind
) -> list[Record]:
    """Append one level of nodes; return what the level above it must say."""
    groups = _groups(records, kind)
    first = len(nodes)
    above: list[Record] = []
    for index, group in enumerate(groups):
        number = first + index
        following = number + 1 if index + 1 < len(groups) else 0
        before = number - 1 if index else 0
        node_kind = _LEAF if height == 1 else _INDEX
        descriptor = _DESCRIPTOR.pack(following, before, node_kind, height, len(group), 0)
        bodies = [struct.pack(">H", len(key)) + key + body for key, body in group]
        nodes.append(_node(descriptor, bodies, kind.node_bytes))
        above.append((group[0][0], struct.pack(">I", number)))
    return above


def _groups(records: list[Record], kind: TreeKind) -> list[list[Record]]:
    room = kind.node_bytes - _DESCRIPTOR.size - 2
    groups: list[list[Record]] = []
    left = 0
    for record in records:
        size = 2 + len(record[0]) + len(record[1]) + 2
        if size > left:
            groups.append([])
            left = room
        groups[-1].append(record)
        left -= size
    return groups


def _header_node(header: tuple[int, ...], total: int, kind: TreeKind) -> bytes:
    depth, root, count, first, last = header
    record = _HEADER_RECORD.pack(
        *(depth, root, count, first, last, kind.node_bytes, kind.max_key_bytes, total, 0, 0),
        *(kind.node_bytes, 0, kind.compares, kind.attributes),
    )
    marks = _marks(total, kind)
    descriptor = _DESCRIPTOR.pack(0, 0, _HEADER, 0, _HEADER_OFFSETS - 1, 0)
    return _node(descriptor, [record, bytes(_USER_DATA_BYTES), marks], kind.node_bytes)


def _marks(total: int, kind: TreeKind) -> bytes:
    bits = (1 << kind.max_nodes) - (1 << (kind.max_nodes - total))
    return bits.to_bytes(kind.max_nodes // 8, "big")


def _node(descriptor: bytes, bodies: list[bytes], size: int) -> bytes:
    offsets = [_DESCRIPTOR.size]
    for body in bodies:
        offsets.append(offsets[-1] + len(body))
    ends = struct.pack(f">{len(offsets)}H", *reversed(offsets))
    return (descriptor + b"".join(bodies)).ljust(size - len(ends), b"\0") + ends


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    following: int
    before: int
    kind: int
    height: int
    bodies: list[bytes]


class _Reader:
    """One reading of one tree."""

    def __init__(self, data: bytes, kind: TreeKind) -> None:
        self._data = data
        self._kind = kind
        self._leaf_count = 0

    def read(self) -> list[Record]:
        header = self._node(0)
        if header.kind != _HEADER or len(header.bodies) != _HEADER_OFFSETS - 1:
            raise _corrupt("a tree has no header")
        kind = self._kind
        depth, root, count, first, last, *rest = _HEADER_RECORD.unpack(header.bodies[0])
        total = len(self._data) // kind.node_bytes
        wanted = [kind.node_bytes, kind.max_key_bytes, total, 0, 0]
        if rest != [*wanted, kind.node_bytes, 0, kind.compares, kind.attributes]:
            raise _corrupt("the header of a tree differs")
        if len(self._data) % kind.node_bytes or header.bodies[2] != _marks(total, kind):
            raise _corrupt("a tree counts other nodes than it has")
        records, seen = self._levels(root, depth)
        if (len(records), sorted(seen)) != (count, list(range(1, total))):
            raise _corrupt("a tree counts other records than it has")
        leaves = seen[-self._leaf_count :] if seen else [0]
        if (leaves[0], leaves[-1]) != (first, last):
            raise _corrupt("a tree names other leaves than it has")
        if write_btree(records, kind) != self._data:
            raise _corrupt("a tree holds what the writer never writes")  # (5)
        return records

    def _levels(self, root: int, depth: int) -> tuple[list[Record], list[int]]:
        numbers, records = ([root] if depth else []), list[Record]()
        seen: list[int] = []
        for height in range(depth, 0, -1):
            records = self._level(numbers, height)
            seen += numbers
            self._leaf_count = len(numbers)
            if height > 1:
                below = [struct.unpack(">I", body)[0] for _, body in records]
                self._check_first_keys(records, below)
                numbers = below
        return records, seen

    def _level(self, numbers: list[int], height: int) -> list[Record]:
        records: list[Record] = []
        for index, number in enumerate(numbers):
            node = self._node(number)
            following = numbers[index + 1] if index + 1 < len(numbers) else 0
            before = numbers[index - 1] if index else 0
            node_kind = _LEAF if height == 1 else _INDEX
            if (node.following, node.before, node.kind, node.height) != (
                *(following, before, node_kind, height),
            ):
                raise _corrupt("nodes of a tree do not fit together")
            records += [self._record(body) for body in node.bodies]
        keys = [self._kind.order(key) for key, _ in records]
        if any(left >= right for left, right in itertools.pairwise(keys)):
            raise _corrupt("keys of a tree are out of order")
        return records

    def _check_first_keys(self, records: list[Record], below: list[int]) -> None:
        for (key, _), number in zip(records, below, strict=True):
            if self._record(self._node(number).bodies[0])[0] != key:
                raise _corrupt("an index of a tree names another key")

    def _record(self, body: bytes) -> Record:
        (length,) = struct.unpack_from(">H", body)
        if length > min(self._kind.max_key_bytes, len(body) - 2):
            raise _corrupt("a key is too long")
        return body[2 : 2 + length], body[2 + length :]

    def _node(self, number: int) -> _Node:
        size = self._kind.node_bytes
        data = self._data[number * size : (number + 1) * size]
        following, before, kind, height, count, zero = _DESCRIPTOR.unpack_from(data)
        offsets = struct.unpack_from(f">{count + 1}H", data, size - 2 * (count + 1))[::-1]
        end = size - 2 * (count + 1)
        rising = all(left < right for left, right in itertools.pairwise(offsets))
        if zero or offsets[0] != _DESCRIPTOR.size or not rising or offsets[-1] > end:
            raise _corrupt("a node is not well-formed")
        if data[offsets[-1] : end].strip(b"\0"):
            raise _corrupt("a node holds more than its records")
        bodies = [data[a:b] for a, b in itertools.pairwise(offsets)]
        return _Node(following=following, before=before, kind=kind, height=height, bodies=bodies)


def _corrupt(what: str) -> PackageError:
    return PackageError(f"the volume is corrupt: {what}", code="package.corrupt")
