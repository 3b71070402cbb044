"""The isolation folder gives its scripts in order, and nothing from outside of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from millennium.assets.isolation import MAX_SCRIPT_BYTES, read_hooks
from millennium.errors import MissingAssetsError


def folder(root: Path, html: str, **files: str) -> Path:
    path = root / "isolation"
    path.mkdir()
    (path / "index.html").write_text(html, "utf-8")
    for name, text in files.items():
        (path / f"{name}.js").write_text(text, "utf-8", newline="")
    return path


def test_scripts_come_in_order(tmp_path: Path) -> None:
    html = "<p>x</p><script>1 < 2</script><script src=./a.js></script><SCRIPT>3</SCRIPT>text"

    assert read_hooks(folder(tmp_path, html, a="2\r\n")) == ("1 < 2", "2\n", "3")


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<p>nothing</p>", "has no script"),
        ("<script src='https://evil.example/a.js'></script>", "no file of the isolation folder"),
        ("<script src='../secret.js'></script>", "no file of the isolation folder"),
        ("<script src='b.js'></script>", "missing in the isolation folder"),
        ("<script src='link.js'></script>", "no file of the isolation folder"),
        ("<script src=''></script>", "missing in the isolation folder"),
    ],
)
def test_what_is_not_there_is_told(tmp_path: Path, html: str, reason: str) -> None:
    (tmp_path / "secret.js").write_text("secret")
    path = folder(tmp_path, html)
    (path / "link.js").symlink_to(tmp_path / "secret.js")

    with pytest.raises(MissingAssetsError, match=reason):
        read_hooks(path)


def test_odd_markup_is_read_as_browsers_do(tmp_path: Path) -> None:
    assert read_hooks(folder(tmp_path, "<![<-<[<&&><script>1</script>")) == ("1",)


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingAssetsError, match=r"nowhere/index\.html is missing"):
        read_hooks(tmp_path / "nowhere")


def test_a_huge_script_is_refused(tmp_path: Path) -> None:
    path = folder(tmp_path, "<script src='a.js'></script>", a="x" * (MAX_SCRIPT_BYTES + 1))

    with pytest.raises(MissingAssetsError, match="is over"):
        read_hooks(path)
