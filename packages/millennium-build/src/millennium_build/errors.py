"""Everything that can go wrong while building, as one tree.

* BuildError ▸ code, number, message, help
    * EnvironmentUnusableError ▸ the project's interpreter cannot be asked, or fits no freezer
        * NativeMissingError ▸ the compiled stub or core is not there
        * LibpythonMissingError ▸ the interpreter has no shared library
        * CompilerError ▸ the C sources of the stub cannot be compiled
        * BundlerMissingError ▸ the build shall be packaged, and nothing is there that could
    * PlanError ▸ the module plan cannot be made
        * MainMissingError ▸ the file that starts the app does not exist
        * SourceError ▸ a module that would be frozen is not valid Python
        * ModuleMissingError ▸ a module that was asked for by name does not exist
        * NeedsFilesError ▸ a package needs real files beside it
    * TypelibError ▸ a typelib is missing or malformed
    * ElfError ▸ a file says it is ELF and is not well-formed
    * FreezerError ▸ a freezer failed
        * UnknownFreezerError ▸ no freezer has this name
        * FreezerUnfitError ▸ the freezer cannot freeze this app here
    * ArtifactError ▸ an executable is not one that this freezer wrote
    * VerificationError ▸ the artifact was started and did not answer as it should
        * AppEndedError ▸ for a reason of the app's own, whoever froze it
    * OutputError ▸ what was built cannot be written
    * UsageError ▸ the command was asked for what it cannot do
        * ProjectNameError ▸ a project cannot have this name
        * ProjectExistsError ▸ the new project's files would overwrite others
    * TemplateError ▸ a template is damaged or names what nobody gave
        * UnknownTemplateError ▸ no template has this name
    * StaleBuildError ▸ there is no build, or an old one, and none may be made
    * HookError ▸ a command of the developer's own failed
    * DevServerError ▸ the page's development server does not answer
    * AppError ▸ the app's own code failed; `dev/launcher.py` tells it in the app's process
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:  # every command imports this file, and few of them have a place to tell
    from millennium.errors import Location

NUMBERS: dict[str, str] = {
    "build.failed": "M0300",
    "build.environment": "M0301",
    "build.native_missing": "M0302",
    "build.libpython_missing": "M0303",
    "build.compiler": "M0304",
    "build.plan": "M0310",
    "build.main_missing": "M0311",
    "build.source": "M0312",
    "build.module_missing": "M0313",
    "build.needs_files": "M0314",
    "build.typelib": "M0315",
    "build.elf": "M0316",
    "build.freezer": "M0320",
    "build.unknown_freezer": "M0321",
    "build.freezer_unfit": "M0322",
    "build.artifact": "M0323",
    "build.verification": "M0330",
    "build.app_ended": "M0331",
    "build.output": "M0340",
    "cli.usage": "M0350",
    "init.name": "M0351",
    "init.exists": "M0352",
    "init.template": "M0353",
    "init.unknown_template": "M0354",
    "build.stale": "M0360",
    "build.no_bundler": "M0361",
    "dev.hook": "M0370",
    "dev.server": "M0371",
    "dev.app": "M0372",
}
"""Code → number that the command line prints, ``error[M0302]``. A number is never reused."""


class BuildError(Exception):
    """Root of all errors of this distribution.

    Attributes:
        code: Stable, dotted, for programs ("build.native_missing").
        message: What happened, with the offending name.
        help: What to do next; may be empty.
        location: Where in a file, if a file is to blame.
    """

    code: ClassVar[str] = "build.failed"

    def __init__(self, message: str, *, help: str = "", location: Location | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help
        self.location = location

    @property
    def number(self) -> str:
        """Return the number that the command line prints."""
        return NUMBERS[self.code]


class EnvironmentUnusableError(BuildError):
    """The project's interpreter cannot be asked, or fits no freezer."""

    code = "build.environment"


class NativeMissingError(EnvironmentUnusableError):
    """The compiled stub or core for this Python is not there."""

    code = "build.native_missing"


class LibpythonMissingError(EnvironmentUnusableError):
    """The interpreter was built without its shared library."""

    code = "build.libpython_missing"


class CompilerError(EnvironmentUnusableError):
    """The C sources of the stub and the core cannot be compiled."""

    code = "build.compiler"


class BundlerMissingError(EnvironmentUnusableError):
    """The build shall be packaged, and nothing is installed that could."""

    code = "build.no_bundler"


class PlanError(BuildError):
    """The module plan cannot be made."""

    code = "build.plan"


class MainMissingError(PlanError):
    """The file that starts the app does not exist."""

    code = "build.main_missing"


class SourceError(PlanError):
    """A module that would be frozen is not valid Python."""

    code = "build.source"


class ModuleMissingError(PlanError):
    """A module that was asked for by name does not exist."""

    code = "build.module_missing"


class NeedsFilesError(PlanError):
    """A package needs real files beside it, so it cannot live in memory."""

    code = "build.needs_files"


class TypelibError(BuildError):
    """A typelib is missing or malformed."""

    code = "build.typelib"


class ElfError(BuildError):
    """A file says it is ELF and is not well-formed."""

    code = "build.elf"


class FreezerError(BuildError):
    """A freezer failed."""

    code = "build.freezer"


class UnknownFreezerError(FreezerError):
    """No installed freezer has this name."""

    code = "build.unknown_freezer"


class FreezerUnfitError(FreezerError):
    """The freezer that was asked for cannot freeze this app here."""

    code = "build.freezer_unfit"


class ArtifactError(BuildError):
    """An executable is damaged, or not one that this freezer wrote."""

    code = "build.artifact"


class VerificationError(BuildError):
    """The artifact was started and did not answer as it should."""

    code = "build.verification"


class AppEndedError(VerificationError):
    """The app ended before its page answered, for a reason of its own."""

    code = "build.app_ended"


class OutputError(BuildError):
    """What was built cannot be written."""

    code = "build.output"


class UsageError(BuildError):
    """The command was asked for what it cannot do."""

    code = "cli.usage"


class ProjectNameError(UsageError):
    """A project cannot have this name or identifier."""

    code = "init.name"


class ProjectExistsError(UsageError):
    """Files of a new project would overwrite others."""

    code = "init.exists"


class TemplateError(BuildError):
    """A template is damaged or names what nobody gave."""

    code = "init.template"


class UnknownTemplateError(TemplateError):
    """No template has this name."""

    code = "init.unknown_template"


class StaleBuildError(BuildError):
    """There is no build, or one that is older than the project, and none may be made."""

    code = "build.stale"


class HookError(BuildError):
    """A command of the developer's own (`before-dev-command`) failed."""

    code = "dev.hook"


class DevServerError(BuildError):
    """The page's development server does not answer."""

    code = "dev.server"


class AppError(BuildError):
    """The app's own code failed while it was run from source."""

    code = "dev.app"
