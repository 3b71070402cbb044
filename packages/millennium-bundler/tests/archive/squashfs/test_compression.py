"""Blocks: packed the same by any number of threads, and never larger than asked when unpacked."""

from __future__ import annotations

import os

import pytest

from millennium_bundler.archive.squashfs.compression import (
    NUMBERS,
    CompressionName,
    compressor,
    decompressor,
    pack,
    pack_all,
)

BLOCK = 4096
each_kind = pytest.mark.parametrize("kind", sorted(NUMBERS))


def test_noise_is_stored_as_it_is():
    noise = os.urandom(BLOCK)
    assert pack(noise, compressor("zstd", BLOCK)).data == noise
    assert pack(noise, compressor("zstd", BLOCK)).is_stored


@each_kind
def test_blocks_keep_their_order(kind: CompressionName):
    blocks = [bytes([number]) * BLOCK for number in range(64)]
    packed = pack_all(blocks, name=kind, block_bytes=BLOCK)
    unpack = decompressor(NUMBERS[kind])
    assert [unpack(block.data, BLOCK) for block in packed] == blocks


@each_kind
def test_a_block_that_is_larger_than_it_may_be_is_refused(kind: CompressionName):
    packed = compressor(kind, BLOCK)(bytes(BLOCK))
    assert decompressor(NUMBERS[kind])(packed, BLOCK) == bytes(BLOCK)
    with pytest.raises(ValueError, match="block"):
        decompressor(NUMBERS[kind])(packed, BLOCK - 1)


@each_kind
@pytest.mark.parametrize("damage", ["cut", "noise"])
def test_a_damaged_block_is_refused(kind: CompressionName, damage: str):
    packed = compressor(kind, BLOCK)(b"text " * 800)
    broken = packed[:-3] if damage == "cut" else b"not it" + packed
    with pytest.raises(ValueError, match="block"):
        decompressor(NUMBERS[kind])(broken, BLOCK)


def test_one_changed_byte_of_a_zstd_block_is_noticed():
    packed = bytearray(compressor("zstd", BLOCK)(os.urandom(1000) + bytes(3000)))
    packed[500] ^= 1
    with pytest.raises(ValueError, match="decompressed"):
        decompressor(NUMBERS["zstd"])(bytes(packed), BLOCK)


def test_an_unknown_compression_is_refused():
    with pytest.raises(ValueError, match="compression 2"):
        decompressor(2)
