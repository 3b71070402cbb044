"""What is written into an executable is read out of it again, or refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from millennium_build.cache import Cache
from millennium_build.errors import ArtifactError
from millennium_build.freeze.native import payload
from millennium_build.freeze.native.listing import list_artifact
from millennium_build.freeze.native.payload import PayloadReader, PayloadWriter


@pytest.fixture
def artifact(tmp_path: Path) -> Path:
    writer = PayloadWriter(Cache(tmp_path / "cache"))
    text = writer.add(b"text " * 1000)
    modules = {"b": (b"code of b", False), "a": (b"code of a", True)}
    writer.put(payload.FROZEN, payload.pack_modules(modules))
    writer.put(payload.LIBPYTHON, b"libpython")
    writer.put(payload.CORE, b"core")
    index = {
        "extensions": {"_x": (text, ())},
        "libraries": {"libx.so": (text, (), "")},
        "typelibs": [text],
        "data": {"a/text": text},
    }
    writer.put(payload.INDEX, payload.pack_index(index))
    path = tmp_path / "app"
    path.write_bytes(writer.join(b"stub"))
    return path


def test_blobs_come_back(artifact: Path) -> None:
    reader = PayloadReader.open(artifact)
    assert reader.blob(payload.LIBPYTHON) == b"libpython"
    assert reader.blob(4) == b"text " * 1000


def test_equal_blobs_are_stored_once(tmp_path: Path) -> None:
    writer = PayloadWriter(Cache(tmp_path))
    assert writer.add(b"same") == writer.add(b"same") != writer.add(b"other")


def test_payload_starts_on_a_page(artifact: Path) -> None:
    assert PayloadReader.open(artifact).start == 4096


def test_listing_tells_what_is_inside(artifact: Path) -> None:
    listing = list_artifact(artifact)
    assert listing.modules == {"a": 9, "b": 9}
    assert listing.has_module("a")
    assert listing.has_module("_x")
    assert not listing.has_module("c")
    assert (listing.libraries, listing.typelibs) == (("libx.so",), 1)
    assert list(listing.data) == ["a/text"]


def test_index_is_the_same_bytes_whoever_holds_its_parts() -> None:
    names = ["a", "b"]
    assert payload.pack_index({"x": names, "y": names}) == payload.pack_index(
        {"x": ["a", "b"], "y": ["a", "b"]}
    )


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data[:100] + data[-24:],
        lambda data: data[:4096] + b"\0" * 8 + data[4104:],
        lambda data: data[:4096] + b"\xff\xff\0\0" + data[4100:],
        lambda data: data[:4104] + b"\xff" * 8 + data[4112:],
    ],
    ids=["empty", "cut-off", "hollow", "version", "count", "offset"],
)
def test_damaged_executable_is_refused(artifact: Path, damage) -> None:
    artifact.write_bytes(damage(artifact.read_bytes()))
    with pytest.raises(ArtifactError):
        list_artifact(artifact)


def test_damaged_blob_is_refused(artifact: Path) -> None:
    reader = PayloadReader.open(artifact)
    offset, stored, _ = reader.blobs[4]
    data = bytearray(reader.data)
    data[reader.start + offset : reader.start + offset + stored] = bytes(stored)
    artifact.write_bytes(data)
    with pytest.raises(ArtifactError, match="blob 4"):
        PayloadReader.open(artifact).blob(4)


def test_missing_blob_is_refused(artifact: Path) -> None:
    with pytest.raises(ArtifactError, match="blob 99"):
        PayloadReader.open(artifact).blob(99)


def test_another_program_is_refused() -> None:
    with pytest.raises(ArtifactError, match="no payload"):
        list_artifact(Path("/bin/true"))
