"""Which Debian package brings a library."""

from __future__ import annotations

from pathlib import Path

import pytest

from millennium_bundler.shlibs import Dpkg, Need, merged


@pytest.fixture
def dpkg(dpkg_info: Path) -> Dpkg:
    return Dpkg(architecture="amd64", folder=dpkg_info)


@pytest.mark.parametrize(
    ("need", "relation"),
    [
        (Need(soname="libc.so.6", nodes=("GLIBC_2.2.5", "GLIBC_2.34")), "libc6 (>= 2.34)"),
        (Need(soname="libc.so.6", nodes=("GLIBC_2.2.5",)), "libc6 (>= 2.2.5)"),
        (Need(soname="libc.so.6", nodes=()), "libc6"),
        (Need(soname="libc.so.6", nodes=("GLIBC_9",)), "libc6 (>= 2.34)"),
        (Need(soname="libc.so.6"), "libc6 (>= 2.34)"),
        (Need(soname="libc.so.6", version="2.30"), "libc6 (>= 2.30)"),
        (Need(soname="libssl.so.3", version="1.0"), "libssl3 (>= 3.0.9)"),
        (Need(soname="libffi.so.8", version="8.0"), "libffi8 (>= 3.4)"),
        (Need(soname="libffi.so.8", version="7.0"), "libffi8 (>= 3.3)"),
        (Need(soname="libssl.so.3", version="3.0.0"), "libssl3 (>= 3.0.0)"),
        (Need(soname="libssl.so.3"), "libssl3 (>= 3.0.9)"),
        (Need(soname="libz.so.1", version="1.2.0"), "zlib1g (>= 1:1.2.13)"),
        (Need(soname="libz.so.1"), "zlib1g (>= 1:1.2.13)"),
        (Need(soname="libplain.so.1"), "libplain1"),
        (Need(soname="libodd-2.0.so"), "libodd2 (>= 3)"),
        (Need(soname="libsqlite3.so.0", version="3"), "libsqlite3-0"),
        (Need(soname="libnobody.so.1"), None),
    ],
    ids=str,
)
def test_a_library_is_traced_to_its_package(dpkg: Dpkg, need: Need, relation: str | None):
    assert dpkg.relation(need) == relation


@pytest.mark.parametrize(
    ("need", "relation"),
    [
        (Need(soname="libc.so.6", nodes=("GLIBC_2.2.5", "GLIBC_2.14")), "libc6 (>= 2.14)"),
        (Need(soname="libc.so.6"), "libc6"),
        (Need(soname="libc.so.6", version="2.36"), "libc6 (>= 2.36)"),
        (Need(soname="libz.so.1", version="1.2"), "zlib1g"),
        (Need(soname="libx.so.1"), None),
    ],
    ids=str,
)
def test_without_dpkg_the_table_answers(tmp_path: Path, need: Need, relation: str | None):
    assert Dpkg(architecture="amd64", folder=tmp_path / "none").relation(need) == relation


def test_relations_to_one_package_keep_the_highest_bound():
    given = ["libc6 (>= 2.4)", "b", "libc6 (>= 2.34)", "libc6", "a | c", "d (= 1)", "b"]
    assert merged(given) == ["a | c", "b", "d (= 1)", "libc6 (>= 2.34)"]
