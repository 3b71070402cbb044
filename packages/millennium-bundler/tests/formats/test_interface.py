"""What a package format promises: the example in its docstring runs."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from millennium_bundler.errors import PackageError
from millennium_bundler.formats.interface import Format, Package
from millennium_bundler.settings import Manifest
from millennium_bundler.tree import Tree

MakeManifest = Callable[..., Manifest]


@pytest.fixture
def tar_format() -> Format[Tree]:
    example = re.search(r"```python\n(.*?)```", Format.__doc__ or "", re.DOTALL)
    assert example is not None
    names: dict[str, type[Format[Tree]]] = {}
    exec(compile(textwrap.dedent(example[1]), "example", "exec"), names)
    return names["PlainTarFormat"]()


def test_the_example_makes_a_package(tar_format: Format[Tree], make_manifest: MakeManifest):
    [package] = tar_format.make(make_manifest())
    assert package.file_name == "hello.tar"


def test_the_example_verifies(tar_format: Format[Tree], make_manifest: MakeManifest):
    [package] = tar_format.make(make_manifest())
    with pytest.raises(PackageError):
        tar_format._verify(package, Tree(date=0))


def test_by_default_nobody_lints(tar_format: Format[Tree]):
    assert tar_format.lint(Path("x.tar")) is None


def test_a_package_its_reader_refuses_is_never_returned(make_manifest: MakeManifest):
    class Broken(Format[str]):
        name = "broken"

        def _plan(self, manifest: Manifest) -> str:
            return "plan"

        def _build(self, manifest: Manifest, plan: str) -> Package:
            return Package(file_name="x", data=b"")

        def _verify(self, package: Package, plan: str) -> None:
            raise PackageError("no", code="package.corrupt")

    with pytest.raises(PackageError):
        Broken().make(make_manifest())


def test_a_folder_is_no_file():
    with pytest.raises(TypeError, match=r"x\.app is a folder"):
        _ = Package(file_name="x.app", data=Tree(date=0)).file
