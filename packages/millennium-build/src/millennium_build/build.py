"""Build an app: from the project's folder to one verified executable with its manifest.

Rules:

1. Everything is made in a folder beside its final place and moved there at the end: a failure or
   Ctrl-C leaves the last build as it was, and nothing else.
2. The app is never imported; it is started once, at the end, as the user would start it.
3. With ``auto``, an executable that the native freezer made and that does not verify is made again
   by the fallback, and the reason is told.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from millennium.assets.directory import DirectoryAssets
from millennium.config.capabilities import load_capabilities
from millennium.config.load import LoadedConfig, load_config, require_assets, require_main
from millennium.context import (
    BAKED_MODULE,
    Context,
    read_project_hooks,
    read_project_icon,
)
from millennium_build.bundle_place import Place
from millennium_build.cache import Cache, default_folder
from millennium_build.codegen.context import released_config, write_context_package
from millennium_build.codegen.features import (
    disabled_modules,
    enabled_api_modules,
    find_framework,
    replaced_modules,
    script_files,
)
from millennium_build.codegen.runtime import find_runtime
from millennium_build.errors import AppEndedError, VerificationError
from millennium_build.fingerprint import digest_inputs
from millennium_build.freeze.choose import AUTO, COST, require_freezer
from millennium_build.freeze.environment import Workshop
from millennium_build.freeze.plan.entry import locate_entry
from millennium_build.freeze.plan.make import PlanRequest, make_plan
from millennium_build.freeze.plan.model import ModulePlan
from millennium_build.freeze.run import FreezeTarget, FrozenProgram, freeze_plan
from millennium_build.hooks import run_hook
from millennium_build.manifest import (
    MANIFEST_NAME,
    SBOM_NAME,
    ManifestInput,
    binary_name,
    bundle_keys,
    make_manifest,
)
from millennium_build.native import triplet
from millennium_build.output import replaced_folder, write_file
from millennium_build.sbom import Subject, make_sbom
from millennium_build.verify import Verification, verify_artifact

FALLBACK = "pyinstaller"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildStep:
    """One part of a build, told when it starts and again when it is done.

    Attributes:
        name: "hook", "config", "context", "plan", "freeze", "verify" or "manifest".
        seconds: How long it took; None when it starts.
        detail: What there is to say, one sentence; may be empty.
    """

    name: str
    seconds: float | None = None
    detail: str = ""


def _ignore(_: BuildStep) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildRequest:
    """What to build.

    Attributes:
        root: The project's folder, or one inside.
        python: The project's interpreter; None for the one that runs the build.
        freezer: Instead of the configured one; empty for that.
        verify: Whether to start the result once.
        output: Folder for ``<identifier>/<target>``; None for ``dist`` in the project.
        cache: Folder of the caches; None for the user's.
        on_step: Told about each step.
    """

    root: Path
    python: Path | None = None
    freezer: str = ""
    verify: bool = True
    output: Path | None = None
    cache: Path | None = None
    on_step: Callable[[BuildStep], None] = _ignore


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildResult:
    """What was built.

    Attributes:
        path: The executable.
        bytes: Its size.
        steps: What was done, with the seconds each step took.
        manifest: For the bundler.
        verification: What starting it proved.
        freezer: Who made it.
        warnings: Sentences for the person who builds.
    """

    path: Path
    bytes: int
    steps: tuple[BuildStep, ...]
    manifest: Path
    verification: Verification
    freezer: str
    warnings: tuple[str, ...] = ()


def build(request: BuildRequest) -> BuildResult:
    """Build the app of a project.

    Raises:
        BuildError: One of its leaves; the last build is left as it was.
        MillenniumError: The configuration, a capability or an asset is wrong.
    """
    cache = Cache(request.cache or default_folder())
    with Workshop(request.python, cache) as workshop:
        return _Build(request=request, cache=cache, workshop=workshop).run()


@dataclass(slots=True, kw_only=True)
class _Build:
    request: BuildRequest
    cache: Cache
    workshop: Workshop
    steps: list[BuildStep] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    bundle: dict[str, Any] = field(default_factory=dict)

    def run(self) -> BuildResult:
        loaded = load_config(self.request.root)
        require_freezer(self.request.freezer or loaded.config.build.freezer)
        hook = loaded.config.build.before_build_command
        if hook:
            with self._step("hook"):
                run_hook(hook, loaded.root)
        with self._step("config"):
            context = self._make_context(loaded)
            self.bundle = bundle_keys(loaded.config, self._place(loaded))
        config, output = loaded.config, self._output(loaded)
        with replaced_folder(output / triplet()) as folder:
            program, verification = self._make_executable(loaded, context, folder)
            with self._step("manifest"):
                self._write_papers(loaded, context, program, verification)
        path = output / triplet() / binary_name(config)
        return BuildResult(
            path=path,
            bytes=path.stat().st_size,
            steps=tuple(self.steps),
            manifest=path.with_name(MANIFEST_NAME),
            verification=verification,
            freezer=program.choice.freezer.name,
            warnings=tuple(self.warnings),
        )

    def _output(self, loaded: LoadedConfig) -> Path:
        return (self.request.output or loaded.root / "dist") / loaded.config.identifier

    def _place(self, loaded: LoadedConfig) -> Place:
        # A folder beside the result, which is made elsewhere first: from all of them paths are the same.
        return Place(
            root=loaded.root,
            folder=self._output(loaded) / f".{triplet()}",
            target=triplet(),
            binary=binary_name(loaded.config),
        )

    def _make_context(self, loaded: LoadedConfig) -> Context:
        self.warnings += loaded.warnings
        search = self.workshop.interpreter.search
        return Context(
            config=released_config(loaded.config),
            capabilities=load_capabilities(loaded.root, platform=loaded.platform),
            assets=DirectoryAssets(
                require_assets(loaded), in_global=loaded.config.modules_in_global
            ),
            mode="release",
            runtime=find_runtime(loaded.config, search),
            hooks=read_project_hooks(loaded.config, loaded.root),
            icon=read_project_icon(loaded.config, loaded.root),
        )

    def _make_executable(
        self, loaded: LoadedConfig, context: Context, folder: Path
    ) -> tuple[FrozenProgram, Verification]:
        with tempfile.TemporaryDirectory(prefix="millennium-") as generated:
            with self._step("context"):
                data = write_context_package(Path(generated), context)
            with self._step("plan") as tell:
                plan = self._make_plan(loaded, context, Path(generated), data)
                tell(f"{len(plan.modules)} modules, {len(plan.extensions)} extensions")
            self.warnings += plan.warnings
            target = FreezeTarget(
                output=folder / binary_name(loaded.config),
                freezer=self.request.freezer or loaded.config.build.freezer,
                app_name=loaded.config.identifier,
            )
            return self._freeze_and_verify(plan, target, loaded.config.version)

    def _freeze_and_verify(
        self, plan: ModulePlan, target: FreezeTarget, version: str
    ) -> tuple[FrozenProgram, Verification]:
        program = self._freeze(plan, target)
        try:
            return program, self._verify(program, version)
        except AppEndedError:
            raise  # another freezer would not mend it
        except VerificationError as error:
            if target.freezer != AUTO or program.choice.freezer.name == FALLBACK:
                raise
            first = error
        fallback = FreezeTarget(
            output=target.output,
            freezer=FALLBACK,
            app_name=target.app_name,
            why=f"what {program.choice.freezer.name} made did not verify; {COST}",
        )
        self.warnings.append(f"frozen again with {FALLBACK}: {first.message}")
        program = self._freeze(plan, fallback)
        try:
            return program, self._verify(program, version)
        except VerificationError:
            raise first from None  # what is wrong with the app is said best by its first start

    def _freeze(self, plan: ModulePlan, target: FreezeTarget) -> FrozenProgram:
        with self._step("freeze") as tell:
            return freeze_plan(plan, target, workshop=self.workshop, cache=self.cache, say=tell)

    def _verify(self, program: FrozenProgram, version: str) -> Verification:
        if not self.request.verify:
            return Verification(verified=False, reason="not asked for")
        with self._step("verify") as tell:
            found = verify_artifact(program.result.executable, version=version)
            if found.verified:
                tell(f"{found.engine}, answered in {found.wall_milliseconds} ms")
            else:
                self.warnings.append(f"not verified: {found.reason}")
        return found

    def _make_plan(
        self, loaded: LoadedConfig, context: Context, generated: Path, data: dict[str, Path]
    ) -> ModulePlan:
        config, search = loaded.config, self.workshop.interpreter.search
        runtime, _, _ = context.runtime.partition(":")
        wanted = (BAKED_MODULE, *enabled_api_modules(config), runtime, *config.build.include)
        request = PlanRequest(
            entry=locate_entry(require_main(loaded)),
            include=wanted,
            disabled=disabled_modules(config) | frozenset(config.build.exclude),
            replaced=replaced_modules(context.runtime),
            include_data=config.build.include_data,
            without_data=(require_assets(loaded),),
            extra_data=data | script_files(config, find_framework(search)),
            search=(generated,),
        )
        return make_plan(request, self.workshop)

    def _write_papers(
        self,
        loaded: LoadedConfig,
        context: Context,
        program: FrozenProgram,
        verification: Verification,
    ) -> None:
        config, interpreter = loaded.config, self.workshop.interpreter
        folder = program.result.executable.parent
        subject = Subject(
            identifier=config.identifier,
            name=config.product_name or binary_name(config),
            version=config.version,
            license=config.license,
        )
        write_file(folder / SBOM_NAME, make_sbom(subject, program.plan, interpreter))
        given = ManifestInput(
            config=config,
            root=loaded.root,
            folder=folder,
            target=triplet(),
            runtime=context.runtime,
            result=program.result,
            verification=verification,
            inputs_digest=digest_inputs(loaded.root, interpreter.search),
            config_file=loaded.path,
            bundle=self.bundle,
        )
        write_file(folder / MANIFEST_NAME, make_manifest(given))

    @contextmanager
    def _step(self, name: str) -> Iterator[Callable[[str], None]]:
        self.request.on_step(BuildStep(name=name))
        details: list[str] = []
        start = time.perf_counter()
        yield details.append
        seconds = time.perf_counter() - start
        step = BuildStep(name=name, seconds=seconds, detail="; ".join(details))
        self.steps.append(step)
        self.request.on_step(step)
