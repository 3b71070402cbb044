"""Scripts around installation and removal."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from millennium_bundler.errors import TreeError
from millennium_bundler.linux_settings import ScriptSettings
from millennium_bundler.scripts import MAX_SCRIPT_BYTES, Scripts, read_scripts
from millennium_bundler.settings import Manifest

MakeManifest = Callable[..., Manifest]


@pytest.mark.parametrize(
    "text",
    ["echo a\n", "echo a", "#!/bin/sh\necho a\n", "#! /bin/sh -e\necho a\n"],
    ids=["plain", "no last line end", "first line", "first line with an option"],
)
def test_a_script_is_read_without_its_first_line(make_manifest: MakeManifest, text: str):
    manifest = make_manifest()
    manifest.resolve("post").write_text(text)
    found = read_scripts(manifest, ScriptSettings(post_install="post"))
    assert found.named() == {"post_install": "echo a\n"}


def test_no_script_is_none(make_manifest: MakeManifest):
    assert read_scripts(make_manifest(), ScriptSettings()) == Scripts()


def test_a_guard_stands_before_the_script_it_is_for():
    scripts = Scripts(pre_remove="echo a\n", post_remove="echo b\n")
    assert scripts.guarded({"pre_remove": "[ $1 = 0 ]"}) == {
        "pre_remove": "set -e\n[ $1 = 0 ] || exit 0\necho a\n",
        "post_remove": "set -e\necho b\n",
    }


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"#!/usr/bin/python3\n", "tree.script"),
        (b"#!/bin/sh\n\n", "tree.script"),
        (b"x" * (MAX_SCRIPT_BYTES + 1), "tree.script"),
        (b"echo \0", "tree.script"),
        (b"\xff", "tree.missing"),
        (None, "tree.missing"),
    ],
    ids=["another interpreter", "empty", "too large", "a zero", "no text", "not there"],
)
def test_what_is_no_script_is_refused(make_manifest: MakeManifest, data: bytes | None, code: str):
    manifest = make_manifest()
    manifest.resolve("post").write_bytes(data or b"")
    settings = ScriptSettings(post_install="post" if data is not None else "gone")
    with pytest.raises(TreeError) as caught:
        read_scripts(manifest, settings)
    assert caught.value.code == code
