"""The pages of the Python reference: one for each public module, made of its docstrings.

A module is on a page here or below a room of `INTERNAL`; `unplaced` names those that are neither,
and a test fails when there are any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reference_sources import PACKAGES

PUBLIC: dict[str, tuple[str, ...]] = {
    "millennium": (
        "millennium",
        "millennium.api.dialog",
        "millennium.assets.resolver",
        "millennium.config.load",
        "millennium.config.schema",
        "millennium.config.window",
        "millennium.context",
        "millennium.errors",
        "millennium.paths",
        "millennium.plugins.localhost",
        "millennium.security.allowlist",
        "millennium.security.capability",
        "millennium.security.origin",
        "millennium.security.permissions",
        "millennium.security.scope",
        "millennium.testing",
        "millennium.window_aio",
        "millennium.window_event",
    ),
    "millennium-runtime": (
        "millennium_runtime",
        "millennium_runtime.dialog",
        "millennium_runtime.dispatcher",
        "millennium_runtime.dpi",
        "millennium_runtime.errors",
        "millennium_runtime.exit_decision",
        "millennium_runtime.main_thread",
        "millennium_runtime.monitor",
        "millennium_runtime.registry",
        "millennium_runtime.request",
        "millennium_runtime.run_event",
        "millennium_runtime.runtime",
        "millennium_runtime.testing",
        "millennium_runtime.testing.conformance",
        "millennium_runtime.theme",
        "millennium_runtime.webview",
        "millennium_runtime.window",
    ),
    "millennium-runtime-webview": (
        "millennium_runtime_webview",
        "millennium_runtime_webview.diagnostics",
    ),
    "millennium-build": (
        "millennium_build.build",
        "millennium_build.check.finding",
        "millennium_build.check.rules",
        "millennium_build.doctor",
        "millennium_build.errors",
        "millennium_build.freeze.interface",
        "millennium_build.freeze.plan.model",
        "millennium_build.project",
        "millennium_build.verify",
    ),
    "millennium-bundler": (
        "millennium_bundler.bundle",
        "millennium_bundler.errors",
        "millennium_bundler.formats.interface",
        "millennium_bundler.settings",
        "millennium_bundler.sign.signing",
        "millennium_bundler.tree",
    ),
}
"""Distribution → the modules that others may import, each with a page."""

ABOUT = {
    "millennium": "What an app imports.",
    "millennium-runtime": "The promise that a window runtime keeps: for those who write one.",
    "millennium-runtime-webview": "The system's own webview as a runtime.",
    "millennium-build": "What makes executables: for those who write a freezer or drive a build.",
    "millennium-bundler": "What makes packages: for those who write a format.",
}

INTERNAL = (
    # millennium: shown by the façade, or behind it
    *("millennium.__main__", "millennium.app", "millennium.app_parts", "millennium.collected"),
    *("millennium.development", "millennium.early", "millennium.event", "millennium.event_bus"),
    *(
        "millennium.files",
        "millennium.handle",
        "millennium.launch",
        "millennium.main_thread",
        "millennium.navigation",
    ),
    *(
        "millennium.plugin",
        "millennium.plugins",
        "millennium.question",
        "millennium.running",
        "millennium.state",
        "millennium.verify",
    ),
    *(
        "millennium.version",
        "millennium.window",
        "millennium.window_allowance",
        "millennium.window_factory",
    ),
    *("millennium.api", "millennium.assets", "millennium.config", "millennium.ipc"),
    *("millennium.scripts", "millennium.security", "millennium.errors."),
    *("millennium.testing.",),
    # millennium_runtime: the parts of the shown fakes and of the suite
    *("millennium_runtime.testing.",),
    # millennium_runtime_webview: the engine
    *("millennium_runtime_webview.dispatcher", "millennium_runtime_webview.engine"),
    *("millennium_runtime_webview.gtk_discovery", "millennium_runtime_webview.log_file"),
    *("millennium_runtime_webview.loop", "millennium_runtime_webview.preload"),
    *(
        "millennium_runtime_webview.runtime",
        "millennium_runtime_webview.sandbox",
        "millennium_runtime_webview.select",
        "millennium_runtime_webview.webkitgtk",
    ),
    # millennium_build: the command line and the works behind `build`
    *("millennium_build.bundle_place", "millennium_build.bundle_settings"),
    *("millennium_build.cache", "millennium_build.check", "millennium_build.cli"),
    *("millennium_build.codegen", "millennium_build.dev", "millennium_build.display"),
    *("millennium_build.doctor_probe", "millennium_build.elf", "millennium_build.fingerprint"),
    *("millennium_build.freeze", "millennium_build.hooks", "millennium_build.manifest"),
    *("millennium_build.native", "millennium_build.output", "millennium_build.sbom"),
    *("millennium_build.policy", "millennium_build.policy_words"),
    *("millennium_build.scaffold", "millennium_build.templates"),
    # millennium_bundler: the command line and the works behind `bundle`
    *("millennium_bundler.__main__", "millennium_bundler.category", "millennium_bundler.cli"),
    *("millennium_bundler.debian_version", "millennium_bundler.desktop"),
    *("millennium_bundler.desktop_template", "millennium_bundler.extra_file"),
    *("millennium_bundler.documents", "millennium_bundler.elf", "millennium_bundler.formats"),
    *("millennium_bundler.icons", "millennium_bundler.layout", "millennium_bundler.report"),
    *("millennium_bundler.schema", "millennium_bundler.shlibs", "millennium_bundler.output"),
    *("millennium_bundler.archive", "millennium_bundler.sign", "millennium_bundler.written_keys"),
    *(
        "millennium_bundler.app_signing",
        "millennium_bundler.codesign",
        "millennium_bundler.icns",
        "millennium_bundler.info_plist",
    ),
    *("millennium_bundler.macho", "millennium_bundler.macos_layout"),
    *("millennium_bundler.bundle_signing", "millennium_bundler.signer_cli"),
    *("millennium_bundler.file_signing", "millennium_bundler.signing_settings"),
    *("millennium_bundler.updater",),
    *("millennium_bundler.updater_settings",),
    *("millennium_bundler.attestation", "millennium_bundler.provenance"),
    *("millennium_bundler.earlier_runs",),
    *("millennium_bundler.checksums", "millennium_bundler.parts_list"),
    *("millennium_bundler.verification",),
    *("millennium_bundler.native", "millennium_bundler.ledger", "millennium_bundler.ledger_cli"),
    *(
        "millennium_bundler.command_errors",
        "millennium_bundler.commands",
        "millennium_bundler.icon_cli",
        "millennium_bundler.inspection",
        "millennium_bundler.installed_formats",
        "millennium_bundler.sources",
    ),
    *(
        "millennium_bundler.linux_settings",
        "millennium_bundler.macos_settings",
        "millennium_bundler.scripts",
    ),
    *("millennium_bundler.windows_icon", "millennium_bundler.windows_layout"),
    *("millennium_bundler.windows_settings", "millennium_bundler.webview_install"),
    *("millennium_bundler.webview_fetch", "millennium_bundler.webview_runtime"),
    *("millennium_bundler.msi", "millennium_bundler.nsis", "millennium_bundler.pe"),
    *("millennium_bundler.windows_product", "millennium_bundler.wizard_texts"),
)
"""Rooms whose modules may change without notice; with a dot at the end, only what is inside."""

OPTIONS = """    options:
      show_root_heading: false
      show_root_toc_entry: false
"""

EMPTY = ("millennium_build", "millennium_bundler")
"""Packages that say nothing but their version."""


def pages() -> dict[str, str]:
    """Return the text of each page by its path."""
    found = {
        f"reference/python/{_path(distribution, module)}": f"# {module}\n\n::: {module}\n{OPTIONS}"
        for distribution, names in PUBLIC.items()
        for module in names
    }
    for distribution, names in PUBLIC.items():
        lines = [f"- [`{module}`]({_file(distribution, module)})" for module in names]
        head = f"# {distribution}\n\n{ABOUT[distribution]}\n\n"
        found[f"reference/python/{distribution}/index.md"] = head + "\n".join(lines) + "\n"
    return found


def unplaced(modules: Iterable[str]) -> list[str]:
    """Return those modules that have neither a page nor a room of `INTERNAL`."""
    shown = {module for names in PUBLIC.values() for module in names} | {*EMPTY}
    return [module for module in modules if module not in shown and not _is_internal(module)]


def all_modules() -> Iterator[str]:
    """Yield the name of every module of the five packages."""
    for path in sorted(PACKAGES.glob("*/src/**/*.py")):
        parts = path.relative_to(PACKAGES).with_suffix("").parts[2:]
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _is_internal(module: str) -> bool:
    return any(
        module.startswith(room) if room.endswith(".") else f"{module}.".startswith(f"{room}.")
        for room in INTERNAL
    )


def _path(distribution: str, module: str) -> str:
    return f"{distribution}/{_file(distribution, module)}"


def _file(distribution: str, module: str) -> str:
    inner = module.removeprefix(distribution.replace("-", "_")).strip(".")
    return f"{inner.replace('.', '-') or 'package'}.md"
