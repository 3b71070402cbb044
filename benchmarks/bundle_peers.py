"""The other packers beside ours: each is given the same executable, and says what it cannot do here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

NAME, VERSION = "hello", "1.0.0"
TAURI = "@tauri-apps/cli@2.12.5"
NFPM = """
name: {name}
arch: amd64
version: {version}
maintainer: Ada Lovelace <ada@example.org>
description: A program of ten megabytes
license: MIT
mtime: 2025-01-01T00:00:00Z
contents:
  - src: {executable}
    dst: /usr/bin/{name}
deb:
  compression: xz
rpm:
  compression: xz
"""
SPEC = """
%global debug_package %{{nil}}
%define __os_install_post %{{nil}}
%define _build_id_links none
%define _binary_payload w6.xzdio
Name: {name}
Version: {version}
Release: 1
Summary: A program of ten megabytes
License: MIT
AutoReqProv: no
%description
The same files as ours.
%files
{files}
"""
CARGO = '[package]\nname = "{name}"\nversion = "{version}"\nedition = "2021"\n'


class MissingError(Exception):
    """A peer cannot run here; the message says why."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is packed.

    Attributes:
        folder: Scratch of one peer.
        executable: The program.
        tree: The files of our own package, unpacked.
    """

    folder: Path
    executable: Path
    tree: Path


class Peer(ABC):
    """A tool that makes packages."""

    name: str
    makes: tuple[str, ...]

    def __init__(self, job: Job) -> None:
        self.job = job
        job.folder.mkdir(parents=True)
        self.prepare()

    def timed(self) -> tuple[float, dict[str, Path]]:
        """Make the packages; return seconds and the files by format."""
        start = time.monotonic()
        self.make()
        seconds = time.monotonic() - start
        found = {kind: sorted(self.job.folder.rglob(f"*.{kind}")) for kind in self.makes}
        return seconds, {kind: paths[-1] for kind, paths in found.items()}

    @abstractmethod
    def prepare(self) -> None:
        """Write what the tool reads; raise MissingError."""

    @abstractmethod
    def make(self) -> None:
        """Run the tool."""

    def run(self, *words: str | Path, cwd: Path | None = None) -> None:
        """Run a command to its end.

        Raises:
            MissingError: It fails.
        """
        done = subprocess.run(
            [str(word) for word in words], cwd=cwd, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise MissingError(f"{words[0]} failed: {(done.stderr or done.stdout)[-300:]}")


def needed(tool: str) -> str:
    """Return where a tool is; raise MissingError."""
    beside = Path(sys.executable).with_name(tool)
    found = str(beside) if beside.exists() else shutil.which(tool)
    if found is None:
        raise MissingError(f"{tool} is not installed")
    return found


class DpkgDeb(Peer):
    """dpkg-deb, on the files of our package."""

    name, makes = "dpkg-deb", ("deb",)

    def prepare(self) -> None:
        """Find the tool and write what it reads."""
        self.tool = needed("dpkg-deb")

    def make(self) -> None:
        """Pack."""
        words = (self.tool, "--root-owner-group", "-Zxz", "-b", self.job.tree)
        self.run(*words, self.job.folder / "a.deb")


class RpmBuild(Peer):
    """rpmbuild, on the same files."""

    name, makes = "rpmbuild", ("rpm",)

    def prepare(self) -> None:
        """Find the tool and write what it reads."""
        self.tool = needed("rpmbuild")
        files = [path for path in self.job.tree.rglob("*") if path.is_file()]
        inside = [path.relative_to(self.job.tree) for path in files]
        listed = "\n".join(f'"/{path}"' for path in sorted(inside) if path.parts[0] != "DEBIAN")
        text = SPEC.format(name=NAME, version=VERSION, files=listed)
        (self.job.folder / "a.spec").write_text(text)

    def make(self) -> None:
        """Pack."""
        root = self.job.folder / "root"
        shutil.copytree(self.job.tree, root, ignore=shutil.ignore_patterns("DEBIAN"))
        words = (self.tool, "-bb", "--quiet", "--buildroot", root)
        self.run(*words, "--define", f"_topdir {self.job.folder}", self.job.folder / "a.spec")


class Nfpm(Peer):
    """nfpm: the executable alone."""

    name, makes = "nfpm", ("deb", "rpm")

    def prepare(self) -> None:
        """Find the tool and write what it reads."""
        self.tool = needed("nfpm")
        text = NFPM.format(name=NAME, version=VERSION, executable=self.job.executable)
        (self.job.folder / "nfpm.yaml").write_text(text)

    def make(self) -> None:
        """Pack."""
        for kind in self.makes:
            target = self.job.folder / f"a.{kind}"
            words = (self.tool, "package", "-f", self.job.folder / "nfpm.yaml")
            self.run(*words, "-p", kind, "-t", target)


class Tauri(Peer):
    """`tauri bundle` of a program that is built already."""

    name, makes = "tauri bundle", ("deb", "rpm")

    def prepare(self) -> None:
        """Find the tool and write what it reads."""
        npm = needed("npm")
        needed("cargo")
        cache = Path("build/bench/tauri").absolute()
        self.tool = cache / "node_modules/.bin/tauri"
        if not self.tool.exists():
            cache.mkdir(parents=True, exist_ok=True)
            (cache / "package.json").write_text("{}")
            self.run(npm, "install", "--no-audit", "--no-fund", "--silent", TAURI, cwd=cache)
        source = self.job.folder / "src-tauri"
        (source / "src").mkdir(parents=True)
        (source / "target/release").mkdir(parents=True)
        (source / "icons").mkdir()
        (source / "Cargo.toml").write_text(CARGO.format(name=NAME, version=VERSION))
        (source / "src/main.rs").write_text("fn main() {}\n")
        Image.new("RGBA", (128, 128), (40, 90, 200, 255)).save(source / "icons/128x128.png")
        (source / "tauri.conf.json").write_text(
            json.dumps(
                {
                    "productName": NAME,
                    "version": VERSION,
                    "identifier": "org.example.hello",
                    "build": {"frontendDist": "../ui"},
                    "app": {"windows": []},
                    "bundle": {"active": True, "targets": "all", "icon": ["icons/128x128.png"]},
                }
            )
        )
        (self.job.folder / "ui").mkdir()
        shutil.copy2(self.job.executable, source / "target/release" / NAME)

    def make(self) -> None:
        """Pack."""
        environment = {**os.environ, "CI": "true"}
        done = subprocess.run(
            [str(self.tool), "bundle", "-b", "deb,rpm"],
            cwd=self.job.folder / "src-tauri",
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )
        if done.returncode:
            raise MissingError(f"tauri bundle failed: {done.stderr[-300:]}")


PEERS: tuple[type[Peer], ...] = (DpkgDeb, RpmBuild, Nfpm, Tauri)
