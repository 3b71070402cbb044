"""The bill of materials names what is inside, and is the same twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from millennium_build.cache import Cache
from millennium_build.freeze.environment import Workshop
from millennium_build.freeze.plan.distributions import InstalledDistribution
from millennium_build.freeze.plan.model import ModulePlan, PlannedLibrary
from millennium_build.sbom import Subject, make_sbom


@pytest.fixture
def document(tmp_path: Path) -> bytes:
    (tmp_path / "libx.so").write_bytes(b"")
    plan = ModulePlan(
        main="m",
        modules=(),
        libraries=(PlannedLibrary(soname="libx.so.1", path=tmp_path / "libx.so"),),
        distributions=(
            InstalledDistribution(
                name="A_Thing", version="1.5", folder="", headers="", entry_points="", license="MIT"
            ),
        ),
    )
    subject = Subject(identifier="org.example.app", name="App", version="2.0", license="")
    with Workshop(None, Cache(tmp_path)) as workshop:
        first = make_sbom(subject, plan, workshop.interpreter)
        assert make_sbom(subject, plan, workshop.interpreter) == first
    return first


def test_format_is_told(document: bytes) -> None:
    parsed = json.loads(document)
    assert (parsed["bomFormat"], parsed["specVersion"]) == ("CycloneDX", "1.6")
    assert parsed["serialNumber"].startswith("urn:uuid:")
    assert parsed["metadata"]["component"]["version"] == "2.0"


def _component(document: bytes, name: str) -> dict[str, Any]:
    found = [each for each in json.loads(document)["components"] if each["name"] == name]
    component: dict[str, Any] = found[0]
    return component


def test_distribution_has_its_address_and_licence(document: bytes) -> None:
    component = _component(document, "A_Thing")
    assert component["purl"] == "pkg:pypi/a-thing@1.5"
    assert component["licenses"] == [{"license": {"name": "MIT"}}]


def test_library_has_its_digest(document: bytes) -> None:
    hashes = _component(document, "libx.so.1")["hashes"]
    assert hashes[0]["content"].startswith("e3b0c44298fc1c14")


def test_python_is_a_part(document: bytes) -> None:
    assert _component(document, "CPython")["purl"].startswith("pkg:generic/cpython@3.")


def test_app_depends_on_every_part(document: bytes) -> None:
    parsed = json.loads(document)
    references = [each["bom-ref"] for each in parsed["components"]]
    assert parsed["dependencies"] == [{"ref": "org.example.app", "dependsOn": references}]
