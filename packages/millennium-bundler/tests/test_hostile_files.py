"""What fuzzing found: each of these is refused with its reader's own error, soon, and without the memory for it."""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import plistlib
import struct
import tarfile
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable

import pytest

from mac_programs import thin
from millennium_bundler.archive.hfs_plus.btree import read_btree, write_btree
from millennium_bundler.archive.hfs_plus.records import EXTENTS
from millennium_bundler.archive.udif import Trailer, read_udif
from millennium_bundler.codesign.blobs import (
    CodeDirectory,
    read_super,
)
from millennium_bundler.codesign.macho_code import CodeOptions, sign_macho
from millennium_bundler.codesign.verify import verify_macho
from millennium_bundler.elf import read_elf
from millennium_bundler.errors import (
    ElfError,
    ExecutableError,
    FormatError,
    PackageError,
    SignError,
    UpdaterError,
)
from millennium_bundler.formats.tarball import read_tar
from millennium_bundler.macho import read_macho
from millennium_bundler.nsis.bzip2 import unpack_bzip2
from millennium_bundler.nsis.contents import carried_digests, is_deflated
from millennium_bundler.provenance import read_statement
from millennium_bundler.updater.manifest import Artifact
from millennium_bundler.webview_runtime import unpack_runtime

DATE = 1_735_689_600
MIB = 1024 * 1024


def peak_of(read: Callable[[], object]) -> int:
    """How much memory something takes that may be refused."""
    tracemalloc.start()
    try:
        read()
    except (PackageError, ElfError, SignError, ValueError):
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak


# Archives.


def tar_of(kind: bytes, body: bytes) -> bytes:
    """A header of a kind with its body, then one of a file."""
    info = tarfile.TarInfo("@PaxHeader")
    info.type, info.size = kind, len(body)
    head = info.tobuf(tarfile.GNU_FORMAT) + body.ljust(-(-len(body) // 512) * 512, b"\0")
    return head + tarfile.TarInfo("a").tobuf(tarfile.GNU_FORMAT) + bytes(1024)


def negative(kind: bytes, size: int) -> bytes:
    """A header that says to have less than no content."""
    info = tarfile.TarInfo("a")
    info.type = kind
    head = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    head[124:136] = b"\xff" + (size + 2**88).to_bytes(11, "big")
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head) + bytes(1024)


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE])
@pytest.mark.parametrize("body", [b"11 size=-5\n", b"1" * 200_000 + b" "], ids=["less", "long"])
def test_a_tar_with_settings_before_its_members_is_refused_at_once(kind: bytes, body: bytes):
    started = time.process_time()
    with pytest.raises(PackageError, match="no header of ours"):
        read_tar(tar_of(kind, body))
    assert time.process_time() - started < 1


@pytest.mark.parametrize("size", [-512, -1])
def test_a_member_of_less_than_nothing_is_refused(size: int):
    with pytest.raises(PackageError, match="no header of ours"):
        read_tar(negative(tarfile.REGTYPE, size))


def test_the_same_headers_without_that_are_read():
    assert [file.path for file in read_tar(tar_of(tarfile.REGTYPE, b"b")).files()] == [
        "@PaxHeader",
        "a",
    ]


def zip_of(**changes: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("a/msedgewebview2.exe"), b"MZ")
    data = bytearray(out.getvalue())
    central = data.index(b"PK\x01\x02")
    for at, value in changes.items():
        data[central + int(at[1:])] = value
        data[int(at[1:]) - 2] = value
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [zip_of(_10=99), zip_of(_10=12), zip_of(_10=14), zip_of(_8=1), zip_of(_16=7), zip_of()[:-30]],
    ids=["unknown", "bzip2", "lzma", "locked", "sum", "cut off"],
)
def test_a_runtime_whose_zip_cannot_be_unpacked_is_refused(data: bytes):
    with pytest.raises(FormatError) as caught:
        unpack_runtime(data, "r")
    assert caught.value.code == "webview.missing"


def test_a_runtime_in_a_zip_is_read():
    assert [file.path for file in unpack_runtime(zip_of(), "r")] == ["r/msedgewebview2.exe"]


# Disk images and volumes.


def test_a_resource_whose_number_is_infinite_is_refused():
    listed = plistlib.dumps({"resource-fork": {"a": [{"ID": 1.5, "Data": b"", "Name": ""}]}})
    data = listed.replace(b"<real>1.5</real>", b"<real>inf</real>")
    assert data != listed
    trailer = Trailer(
        data_bytes=0,
        list_bytes=len(data),
        data_crc=zlib.crc32(b""),
        master_crc=0,
        segment=bytes(16),
        sectors=0,
    )
    with pytest.raises(PackageError, match="property list"):
        read_udif(data + trailer.to_bytes())


def test_a_tree_of_more_nodes_than_its_map_marks_is_corrupt():
    nodes = EXTENTS.max_nodes + 1
    data = bytearray(write_btree([], EXTENTS))
    data[14 + 22 : 14 + 26] = nodes.to_bytes(4, "big")
    with pytest.raises(PackageError, match="well-formed"):
        read_btree(bytes(data).ljust(nodes * EXTENTS.node_bytes, b"\0"), EXTENTS)


# Programs.


def elf_of(nodes: int, name: bytes) -> bytes:
    """A library that asks another for that many versions, all of one name, again and again."""
    strings = name + b"\0"
    dynamic_at = 64 + 2 * 56
    strings_at = dynamic_at + 5 * 16
    needs_at = strings_at + len(strings)
    count = needs_at + nodes * 16
    tags = (
        (5, strings_at),
        (10, len(strings)),
        (0x6FFFFFFE, needs_at),
        (0x6FFFFFFF, nodes),
        (0, 0),
    )
    dynamic = b"".join(struct.pack("<QQ", *tag) for tag in tags)
    # Each entry is one of both lists: name and number of the next stand in the same places.
    entry = struct.pack("<HHIII", 1, nodes, 0, 0, 16)
    load = struct.pack("<IIQQQQQQ", 1, 4, 0, 0, 0, count, count, 1)
    table = load + struct.pack("<IIQQQQQQ", 2, 4, dynamic_at, dynamic_at, 0, 80, 80, 1)
    mark = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    head = struct.pack("<16sHHIQQQIHHHHHH", mark, 3, 62, 1, 0, 64, 0, 0, 64, 56, 2, 0, 0, 0)
    return head + table + dynamic + strings + entry * (nodes - 1) + entry[:12] + bytes(4)


def test_a_library_that_asks_for_the_same_versions_again_and_again_is_refused():
    data = elf_of(4000, b"a" * 40)
    started = time.process_time()
    with pytest.raises(ElfError):
        read_elf(data, place="a.so")
    assert time.process_time() - started < 2


def test_a_library_that_asks_for_as_many_versions_as_libraries_do_is_read():
    assert read_elf(elf_of(20, b"a" * 40), place="a.so").versions == {"a" * 40: ("a" * 40,)}


def test_a_library_with_a_name_of_a_mebibyte_is_refused():
    assert peak_of(lambda: read_elf(elf_of(60, b"a" * MIB), place="a.so")) < 8 * MIB


def with_command(data: bytes, kind: int, replaced: int) -> bytes:
    """Give a load command another kind: it is too short for what that one says."""
    at = data.index(struct.pack("<II", replaced, 24))
    return data[:at] + struct.pack("<II", kind, 8) + struct.pack("<II", 0, 16) + data[at + 16 :]


@pytest.mark.parametrize("kind", [0x1D, 0x19, 0x0C, 0x24, 0x32])
def test_a_load_command_that_is_too_short_for_its_kind_is_refused(kind: int):
    program = thin()
    count = int.from_bytes(program[16:20], "little") + 1
    data = program[:16] + count.to_bytes(4, "little") + program[20:]
    data = with_command(data, kind, 0x32)
    with pytest.raises(ExecutableError, match="well-formed"):
        read_macho(data, place="a")
    with pytest.raises(ExecutableError, match="well-formed"):
        verify_macho(data, place="a")


def test_a_program_whose_signature_begins_before_its_code_is_not_signed_anew():
    signed = sign_macho(thin(), CodeOptions(identifier="a"), place="a").data
    at = signed.index(struct.pack("<II", 0x1D, 16)) + 8
    data = signed[:at] + struct.pack("<II", 0, len(signed)) + signed[at + 8 :]
    with pytest.raises(SignError, match="signature"):
        sign_macho(data, CodeOptions(identifier="a"), place="a")


# Signatures.


def test_a_super_blob_of_one_blob_again_and_again_is_refused_without_the_memory_for_it():
    big = struct.pack(">II", 0, 8 * MIB).ljust(8 * MIB, b"\0")
    index = b"".join(struct.pack(">II", slot, 12 + 64 * 8) for slot in range(64))
    data = struct.pack(">III", 0xFADE0CC0, 12 + 64 * 8 + len(big), 64) + index + big
    assert peak_of(lambda: read_super(data)) < 3 * 8 * MIB
    with pytest.raises(SignError):
        read_super(data)


@pytest.mark.parametrize("bits", [1, 11, 17, 255])
def test_code_in_pages_of_an_odd_size_is_refused(bits: int):
    directory = CodeDirectory(identifier="a", page_bits=bits)
    with pytest.raises(ValueError, match="pages"):
        CodeDirectory.from_bytes(directory.to_bytes())


@pytest.mark.parametrize("bits", [0, 12, 14])
def test_code_in_pages_of_a_usual_size_is_read(bits: int):
    directory = CodeDirectory(identifier="a", page_bits=bits)
    assert CodeDirectory.from_bytes(directory.to_bytes()) == directory


# Setup programs.


def setup_of(stream: bytes) -> bytes:
    head = struct.pack("<I16sII", 0, b"\xef\xbe\xad\xdeNullsoftInst", 0, 32 + len(stream))
    return bytes(512) + head + stream + bytes(4)


def test_a_setup_cut_off_in_its_head_has_no_form():
    with pytest.raises(ValueError, match="head"):
        is_deflated(setup_of(b"")[: 512 + 22])


def test_a_setup_without_a_head_carries_nothing():
    with pytest.raises(PackageError, match="unpacked"):
        carried_digests(bytes(1024), compression="none")


@pytest.mark.parametrize("bits", [27, 28])
def test_a_setup_that_asks_for_gigabytes_to_be_unpacked_is_refused(bits: int):
    filters = [{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16, "lc": 3, "lp": 0, "pb": 2}]
    packed = lzma.compress(struct.pack("<I", 1) + b"a", format=lzma.FORMAT_RAW, filters=filters)
    data = setup_of(struct.pack("<BI", 0x5D, 1 << bits) + packed)
    if bits > 27:
        with pytest.raises(PackageError, match="unpacked"):
            carried_digests(data, compression="lzma")
    else:
        assert carried_digests(data, compression="lzma") == {hashlib.sha256(b"a").digest()}


@pytest.mark.parametrize("most", [15, 16])
def test_a_setup_carries_no_more_than_it_may(most: int):
    packer = zlib.compressobj(wbits=-15)
    stream = packer.compress(struct.pack("<I", 12) + bytes(12)) + packer.flush()
    if most < 16:
        with pytest.raises(PackageError, match="unpacked"):
            carried_digests(setup_of(stream), compression="zlib", max_bytes=most)
    else:
        found = carried_digests(setup_of(stream), compression="zlib", max_bytes=most)
        assert found == {hashlib.sha256(bytes(12)).digest()}


def bits_of(*parts: tuple[int, int]) -> bytes:
    text = "".join(f"{value:0{count}b}" for value, count in parts)
    text = text.ljust(-(-len(text) // 8) * 8, "0")
    return int(text, 2).to_bytes(len(text) // 8, "big")


def test_a_run_of_gigabytes_is_refused_without_the_memory_for_it():
    """One byte occurs; its code and that of the end have one bit: forty digits of a run."""
    head = ((0x31, 8), (0, 24), (1 << 15, 16), (1 << 15, 16), (2, 3), (1, 15), (0, 1))
    # Three symbols: two for runs, of one and two bits, and the end, of two.
    table = ((1, 5), (0, 1), (0b10, 2), (0, 1), (0, 1))
    packed = bits_of(*head, *table, *table, *([(0, 1)] * 28), (0b11, 2))
    assert peak_of(lambda: unpack_bzip2(packed, MIB)) < 8 * MIB
    with pytest.raises(ValueError, match=r"\d"):
        unpack_bzip2(packed, MIB)


def test_codes_that_are_too_many_for_their_table_are_refused_without_the_memory_for_them():
    """All bytes occur; all have codes of one bit but the last, which has twenty."""
    head = ((0x31, 8), (0, 24), (0xFFFF, 16), *[(0xFFFF, 16)] * 16, (2, 3), (1, 15), (0, 1))
    packed = bits_of(*head, (1, 5), *[(0, 1)] * 257, *[(0b10, 2)] * 19, (0, 1)) + bytes(400)
    assert peak_of(lambda: unpack_bzip2(packed, MIB)) < 8 * MIB
    with pytest.raises(ValueError, match="20"):
        unpack_bzip2(packed, MIB)


@pytest.mark.parametrize("bits", [21, 27, 31])
def test_codes_of_more_bits_than_there_are_are_refused_without_the_memory_for_them(bits: int):
    head = ((0x31, 8), (0, 24), (1 << 15, 16), (1 << 15, 16), (2, 3), (1, 15), (0, 1))
    packed = bits_of(*head, (bits, 5), *[(0, 1)] * 3) + bytes(40)
    assert peak_of(lambda: unpack_bzip2(packed, MIB)) < MIB
    with pytest.raises(ValueError, match=str(bits)):
        unpack_bzip2(packed, MIB)


# What is signed or listed.


def test_a_digest_of_other_letters_is_no_digest():
    said = {"name": "a", "digest": {"sha256": "é" * 64}}
    document = {
        "_type": "https://in-toto.io/Statement/v1",
        "predicateType": "https://slsa.dev/provenance/v1",
        "subject": [said],
        "predicate": {
            "buildDefinition": {
                "buildType": "urn:x-millennium:bundle:v1",
                "externalParameters": {"identifier": "a", "version": "1", "target": "b"},
            },
            "runDetails": {"byproducts": []},
        },
    }
    with pytest.raises(SignError, match="digest"):
        read_statement(json.dumps(document).encode())
    good = json.dumps(document).replace("\\u00e9", "e").encode()
    assert read_statement(good).subjects[0].sha256 == "e" * 64


def artifact(url: str) -> Artifact:
    return Artifact(
        platform="linux-x86_64",
        kind="deb",
        url=url,
        length=0,
        sha256="0" * 64,
        signature="a",
    )


def test_an_address_that_no_browser_reads_has_no_name():
    with pytest.raises(UpdaterError) as caught:
        _ = artifact("https://[a/b").name
    assert caught.value.code == "updater.malformed"
    assert artifact("https://a.b/c%20d").name == "c d"
