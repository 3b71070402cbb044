"""Files that a manifest names are looked for before any work."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from millennium_bundler.errors import BundleError
from millennium_bundler.settings import Manifest
from millennium_bundler.sources import check_sources

MakeManifest = Callable[..., Manifest]


def test_a_manifest_whose_files_are_there_passes(make_manifest: MakeManifest):
    manifest = make_manifest(
        license_files=["icon.png"],
        sbom="icon.png",
        files=[{"source": "icon.png", "destination": "/usr/lib/hello/a"}],
    )
    check_sources(manifest)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"executable": "gone"}, "executable.missing"),
        ({"icons": ["gone.png"]}, "icon.missing"),
        ({"license_files": ["gone"]}, "tree.missing"),
        ({"sbom": "gone"}, "tree.missing"),
        ({"files": [{"source": "gone", "destination": "/usr/lib/hello/a"}]}, "tree.missing"),
    ],
    ids=["executable", "icon", "licence", "list of parts", "file"],
)
def test_a_file_that_is_not_there_is_named(
    make_manifest: MakeManifest, changes: dict[str, object], code: str
):
    with pytest.raises(BundleError, match="gone") as caught:
        check_sources(make_manifest(**changes))
    assert caught.value.code == code
