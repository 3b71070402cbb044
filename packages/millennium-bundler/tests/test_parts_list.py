"""The list of parts of one package."""

from __future__ import annotations

import json

import pytest

from millennium_bundler.parts_list import parts_list
from millennium_bundler.provenance import Subject

APP = {"type": "application", "bom-ref": "org.example.Hello", "name": "Hello", "version": "1.2.3"}
PYTHON = {"type": "platform", "bom-ref": "python", "name": "CPython"}
BUILD = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "version": 1,
    "serialNumber": "urn:uuid:00000000-0000-0000-0000-000000000000",
    "metadata": {"component": APP, "tools": {"components": []}},
    "components": [PYTHON],
    "dependencies": [{"ref": "org.example.Hello", "dependsOn": ["python"]}],
}
DEB = Subject(name="hello.deb", sha256="1" * 64)


def listed(package: Subject = DEB, build: object = BUILD) -> dict[str, object]:
    made = parts_list(json.dumps(build).encode(), package, version="1.2.3")
    return dict(json.loads(made))


def test_a_list_is_about_its_package():
    document = listed()
    assert document["metadata"] == {
        "component": {
            "type": "file",
            "bom-ref": "hello.deb",
            "name": "hello.deb",
            "version": "1.2.3",
            "hashes": [{"alg": "SHA-256", "content": "1" * 64}],
        },
        "tools": {"components": []},
    }


def test_what_the_build_says_stays():
    document = listed()
    assert document["components"] == [APP, PYTHON]
    assert document["dependencies"] == [
        {"ref": "hello.deb", "dependsOn": ["org.example.Hello"]},
        {"ref": "org.example.Hello", "dependsOn": ["python"]},
    ]


def test_a_folder_has_no_sum_of_a_file():
    app = Subject(name="Hello.app", sha256="1" * 64, is_folder=True)
    assert "hashes" not in str(listed(app))


def test_each_package_has_a_list_of_its_own_and_the_same_each_time():
    other = Subject(name="hello.rpm", sha256="2" * 64)
    assert listed()["serialNumber"] == listed()["serialNumber"] != listed(other)["serialNumber"]


@pytest.mark.parametrize(
    "build",
    [
        b"",
        b"[]",
        b"[" * 100_000,
        b'{"spdxVersion": "SPDX-2.3"}',
        b'{"bomFormat": "CycloneDX", "metadata": {}}',
        json.dumps({**BUILD, "components": 7}).encode(),
    ],
    ids=["empty", "a list", "deep", "SPDX", "about nothing", "no parts"],
)
def test_a_list_of_another_kind_is_kept_as_it_is(build: bytes):
    assert parts_list(build, DEB, version="1.2.3") == build
