"""Files of the project, as the manifest names them and as the target places them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from millennium_build.bundle_place import Place
from millennium_build.errors import OutputError


def place(root: Path, target: str = "x86_64-linux-gnu") -> Place:
    folder = root / "dist" / "org.example.notes" / target
    return Place(root=root, folder=folder, target=target, binary="notes")


def test_paths_start_at_the_manifest(tmp_path: Path):
    assert place(tmp_path).relative("icons/a.png") == "../../../icons/a.png"


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
def test_paths_are_right_where_dist_is_a_link(tmp_path: Path):
    (tmp_path / "disk" / "deep").mkdir(parents=True)
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "a.png").touch()
    (tmp_path / "project" / "dist").symlink_to(tmp_path / "disk" / "deep")
    found = place(tmp_path / "project")
    found.folder.mkdir(parents=True)
    assert (found.folder / found.relative("a.png")).is_file()


@pytest.mark.parametrize(
    ("target", "destination"),
    [
        ("x86_64-linux-gnu", "/usr/lib/notes/words/en.txt"),
        ("aarch64-apple-darwin", "/usr/lib/notes/words/en.txt"),
        ("x86_64-windows-msvc", "/words/en.txt"),
    ],
    ids=["linux", "macos", "windows"],
)
def test_resources_lie_where_the_system_has_an_apps_own(
    tmp_path: Path, target: str, destination: str
):
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "en.txt").write_text("")
    [file] = place(tmp_path, target).resources(("words/*.txt",))
    assert (file["source"], file["destination"]) == ("../../../words/en.txt", destination)


@pytest.mark.parametrize(
    ("target", "built", "destination"),
    [
        ("x86_64-linux-gnu", "tool-x86_64-linux-gnu", "/usr/bin/tool"),
        ("x86_64-linux-gnu", "tool-x86_64-unknown-linux-gnu", "/usr/bin/tool"),
        ("aarch64-apple-darwin", "tool-aarch64-apple-darwin", "/usr/bin/tool"),
        ("x86_64-windows-msvc", "tool-x86_64-pc-windows-msvc.exe", "/tool.exe"),
    ],
    ids=["ours", "rust", "macos", "windows"],
)
def test_a_sidecar_is_the_one_for_the_target(
    tmp_path: Path, target: str, built: str, destination: str
):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / built).write_bytes(b"")
    assert place(tmp_path, target).sidecars(("bin/tool",)) == [
        {"source": f"../../../bin/{built}", "destination": destination, "mode": "0755"}
    ]


def test_a_sidecar_for_another_machine_is_not_taken(tmp_path: Path):
    (tmp_path / "tool-aarch64-unknown-linux-gnu").write_bytes(b"")
    with pytest.raises(OutputError) as caught:
        place(tmp_path).sidecars(("tool",))
    assert "not there for x86_64-linux-gnu" in caught.value.message
    assert "tool-x86_64-linux-gnu or tool-x86_64-unknown-linux-gnu" in caught.value.help


def test_all_files_of_a_folder_keep_their_places(tmp_path: Path):
    (tmp_path / "etc" / "deep").mkdir(parents=True)
    (tmp_path / "etc" / "deep" / "a").write_text("")
    (tmp_path / "etc" / "b").write_text("")
    found = place(tmp_path).files("etc", "/etc/notes/")
    assert [file["destination"] for file in found] == ["/etc/notes/b", "/etc/notes/deep/a"]


def test_a_program_stays_one(tmp_path: Path):
    (tmp_path / "run").write_text("")
    (tmp_path / "run").chmod(0o755)
    assert place(tmp_path).files("run", "/usr/bin/run")[0]["mode"] == "0755"


@pytest.mark.parametrize(
    ("written", "text"),
    [("CHANGES", "From a file.\n"), ("One.\nTwo.", "One.\nTwo."), ("x" * 5000, "x" * 5000)],
    ids=["file", "lines", "longer than a name"],
)
def test_a_text_is_a_file_or_itself(tmp_path: Path, written: str, text: str):
    (tmp_path / "CHANGES").write_text("From a file.\n")
    assert place(tmp_path).text(written) == text


def test_a_file_that_is_no_text_is_refused(tmp_path: Path):
    (tmp_path / "CHANGES").write_bytes(b"\xff")
    with pytest.raises(OutputError, match="CHANGES cannot be read as text"):
        place(tmp_path).text("CHANGES")
