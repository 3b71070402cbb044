"""What the bundler's command asks for first: the manifest of a build that is up to date."""

from __future__ import annotations

import json
from pathlib import Path

from millennium_build.build import BuildRequest, build
from millennium_build.cache import Cache, default_folder
from millennium_build.cli.build import step_printer
from millennium_build.cli.terminal import say, warn
from millennium_build.errors import StaleBuildError
from millennium_build.fingerprint import digest_inputs
from millennium_build.freeze.environment import Workshop
from millennium_build.hooks import run_hook
from millennium_build.manifest import MANIFEST_NAME
from millennium_build.native import triplet
from millennium_build.project import Project, open_project


def current_manifest(no_build: bool) -> Path:
    """Return the manifest of this folder's project, building first where it is missing or old.

    Raises:
        StaleBuildError: Building is needed and not wanted.
        BuildError: It failed.
    """
    project = open_project(Path.cwd())
    config = project.loaded.config
    path = project.root / "dist" / config.identifier / triplet() / MANIFEST_NAME
    reason = _why_build(project, path)
    if reason and no_build:
        message = f"{reason}, and --no-build was passed"
        raise StaleBuildError(message, help="run `millennium build`")
    if reason:
        say(f"building first: {reason}")
        path = _build(project)
    run_hook(config.build.before_bundle_command, project.root)
    return path


def _why_build(project: Project, path: Path) -> str:
    built = _digest(path)
    if not built:
        return "there is no build yet"
    with Workshop(project.python.path, Cache(default_folder())) as workshop:
        search = workshop.interpreter.search
    is_current = digest_inputs(project.root, search) == built
    return "" if is_current else "the build is older than the project"


def _digest(path: Path) -> str:
    try:
        return str(json.loads(path.read_bytes()).get("inputs_digest", ""))
    except (OSError, ValueError, AttributeError):
        return ""


def _build(project: Project) -> Path:
    request = BuildRequest(root=project.root, python=project.python.path, on_step=step_printer())
    result = build(request)
    for warning in result.warnings:
        warn(warning)
    return result.manifest
