"""Every variable that could load code or change trust is a trap; the executable walks over all.

Each trap is set for the same app from source, too, where variables are the developer's own: there
it must spring. A variable for which no trap can be made here says why in the name of its test.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from millennium.security.environment import REMOVED_NAMES, REMOVED_PREFIXES
from millennium_build.build import BuildRequest, build
from millennium_build.display import find_display

PROJECT = Path(__file__).parent / "programs" / "trapped"
SECONDS = 30.0
SPRING = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
__attribute__((constructor)) static void spring(void)
{
    Dl_info own;
    char mark[4096];
    if (!dladdr((void *)spring, &own))
        return;
    snprintf(mark, sizeof mark, "%s.sprung", own.dli_fname);
    FILE *file = fopen(mark, "w");
    if (file)
        fclose(file);
}
"""
SCRIPT = '#!/bin/sh\n: > "$0.sprung"\nexit 1\n'
MARKED_MODULE = "open(__file__ + '.sprung', 'w').close()\n"

pytestmark = pytest.mark.gui


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """How one start of the app went."""

    output: str
    errors: str
    opened: frozenset[int]

    @property
    def told(self) -> dict[str, Any]:
        """What the app told at its end; empty when it did not come so far."""
        return json.loads(self.output) if self.output else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trap:
    """A variable and what it leads to.

    Attributes:
        lay: Gets a folder of its own and the library; returns what to set.
        is_sprung: Gets that folder and how the start went; by default a file was written.
        is_alone: Whether it must be set alone: it ends the app, or another would hide it.
    """

    lay: Callable[[Path, Path], dict[str, str]]
    is_sprung: Callable[[Path, Walk], bool] = lambda folder, _: any(folder.rglob("*.sprung"))
    is_alone: bool = False


def _library(name: str, variable: str, folder: Path, library: Path) -> dict[str, str]:
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(library, target)
    return {variable: str(folder)}


def _named(variable: str, folder: Path, library: Path) -> dict[str, str]:
    shutil.copy(library, folder / "trap.so")
    return {variable: str(folder / "trap.so")}


def _file(variable: str, name: str, text: str, folder: Path, library: Path) -> dict[str, str]:
    shutil.copy(library, folder / "trap.so")
    path = folder / name
    path.write_text(text.replace("{trap}", str(folder / "trap.so")))
    path.chmod(0o755)
    return {variable: str(path)}


def _folder(variable: str, name: str, text: str, folder: Path, library: Path) -> dict[str, str]:
    return dict.fromkeys(_file(variable, name, text, folder, library), str(folder))


def _listening() -> frozenset[int]:
    """Return the ports of this machine that answer."""
    rows = [
        line.split()
        for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
        for line in table.read_text().splitlines()[1:]
    ]
    return frozenset(int(row[1].rpartition(":")[2], 16) for row in rows if row[3] == "0A")


def _port(variable: str, folder: Path, _: Path) -> dict[str, str]:
    taken = _listening()
    port = next(port for port in range(23_000 + os.getpid() % 4_000, 32_000) if port not in taken)
    (folder / "port").write_text(str(port))
    return {variable: f"127.0.0.1:{port}"}


def _is_open(folder: Path, walk: Walk) -> bool:
    return int((folder / "port").read_text()) in walk.opened


def _input_method(folder: Path, library: Path) -> dict[str, str]:
    text = '"{trap}"\n"trap" "Trap" "gtk30" "/usr/share/locale" ""\n\n'
    laid = _file("GTK_IM_MODULE_FILE", "immodules.cache", text, folder, library)
    return laid | {"GTK_IM_MODULE": "trap"}


def _schema(folder: Path, _: Path) -> dict[str, str]:
    (folder / "trap.gschema.xml").write_text(
        '<schemalist><schema id="org.example.trap" path="/trap/"><key name="a" type="b">'
        "<default>true</default></key></schema></schemalist>"
    )
    subprocess.run(["glib-compile-schemas", folder], check=True)
    return {"GSETTINGS_SCHEMA_DIR": str(folder)}


PIXBUF = '"{trap}"\n"trap" 5 "gdk-pixbuf" "Trap" "LGPL"\n"text/plain" ""\n"trap" ""\n"of" "" 99\n\n'
CONVERTER = "module TRAP// INTERNAL trap 1\nmodule INTERNAL TRAP// trap 1\n"
VENDOR = '{"file_format_version": "1.0.0", "ICD": {"library_path": "{trap}"}}'
OPENSSL = "openssl_conf=a\n[a]\nproviders=b\n[b]\nc=c\n[c]\nmodule={trap}\nactivate=1\n"
BUNDLE = "libwebkit2gtkinjectedbundle.so"

TRAPS: dict[str, Trap] = {
    "GTK_MODULES": Trap(lay=partial(_named, "GTK_MODULES")),
    "GTK3_MODULES": Trap(lay=partial(_named, "GTK3_MODULES")),
    "GTK_PATH": Trap(lay=partial(_library, "3.0.0/modules/libtrapped.so", "GTK_PATH")),
    "GTK_EXE_PREFIX": Trap(
        lay=partial(_library, "lib/gtk-3.0/modules/libtrapped.so", "GTK_EXE_PREFIX"),
        is_alone=True,  # hidden by GTK_PATH
    ),
    "GTK_IM_MODULE_FILE": Trap(lay=_input_method),
    "GDK_PIXBUF_MODULE_FILE": Trap(
        lay=partial(_file, "GDK_PIXBUF_MODULE_FILE", "loaders.cache", PIXBUF)
    ),
    "GIO_EXTRA_MODULES": Trap(lay=partial(_library, "libtrap.so", "GIO_EXTRA_MODULES")),
    "GIO_MODULE_DIR": Trap(lay=partial(_library, "libother.so", "GIO_MODULE_DIR")),
    "GIO_LAUNCH_DESKTOP": Trap(lay=partial(_file, "GIO_LAUNCH_DESKTOP", "open", SCRIPT)),
    "GSETTINGS_SCHEMA_DIR": Trap(
        lay=_schema, is_sprung=lambda _, walk: bool(walk.told.get("schema"))
    ),
    "GI_TYPELIB_PATH": Trap(
        lay=partial(_folder, "GI_TYPELIB_PATH", "Gtk-3.0.typelib", "broken"),
        is_sprung=lambda _, walk: "Failed to load typelib" in walk.errors,
        is_alone=True,
    ),
    "GCONV_PATH": Trap(
        lay=lambda folder, library: (
            _library("trap.so", "GCONV_PATH", folder, library)
            | _folder("GCONV_PATH", "gconv-modules", CONVERTER, folder, library)
        ),
        is_alone=True,
    ),
    "GST_PLUGIN_PATH": Trap(
        lay=partial(_library, "libgsttrap.so", "GST_PLUGIN_PATH"),
        is_alone=True,  # hidden by the next
    ),
    "GST_PLUGIN_PATH_1_0": Trap(lay=partial(_library, "libgsttrap.so", "GST_PLUGIN_PATH_1_0")),
    "GST_PLUGIN_SYSTEM_PATH": Trap(
        lay=partial(_library, "libgsttrap.so", "GST_PLUGIN_SYSTEM_PATH")
    ),
    "GST_PLUGIN_SCANNER": Trap(lay=partial(_file, "GST_PLUGIN_SCANNER", "scan", SCRIPT)),
    "GST_REGISTRY": Trap(
        lay=lambda folder, _: {"GST_REGISTRY": str(folder / "registry.sprung")},
        is_alone=True,  # hidden by GST_PLUGIN_SCANNER
    ),
    "WEBKIT_INJECTED_BUNDLE_PATH": Trap(
        lay=partial(_library, BUNDLE, "WEBKIT_INJECTED_BUNDLE_PATH")
    ),
    "WEBKIT_INSPECTOR_SERVER": Trap(
        lay=partial(_port, "WEBKIT_INSPECTOR_SERVER"),
        is_sprung=_is_open,
        is_alone=True,  # hidden by the next
    ),
    "WEBKIT_INSPECTOR_HTTP_SERVER": Trap(
        lay=partial(_port, "WEBKIT_INSPECTOR_HTTP_SERVER"), is_sprung=_is_open
    ),
    "JSC_dumpOptions": Trap(
        lay=lambda *_: {"JSC_dumpOptions": "2"},
        is_sprung=lambda _, walk: "useWasm" in walk.errors,
    ),
    "LIBGL_DRIVERS_PATH": Trap(
        lay=partial(_library, "swrast_dri.so", "LIBGL_DRIVERS_PATH"), is_alone=True
    ),
    "__EGL_VENDOR_LIBRARY_FILENAMES": Trap(
        lay=partial(_file, "__EGL_VENDOR_LIBRARY_FILENAMES", "trap.json", VENDOR), is_alone=True
    ),
    "OPENSSL_CONF": Trap(lay=partial(_file, "OPENSSL_CONF", "openssl.cnf", OPENSSL), is_alone=True),
    "SSL_CERT_FILE": Trap(
        lay=partial(_file, "SSL_CERT_FILE", "authorities", ""),
        is_sprung=lambda folder, walk: walk.told.get("authorities") == str(folder / "authorities"),
    ),
    "SSLKEYLOGFILE": Trap(lay=lambda folder, _: {"SSLKEYLOGFILE": str(folder / "keys.sprung")}),
    "PYTHONPATH": Trap(lay=partial(_folder, "PYTHONPATH", "sitecustomize.py", MARKED_MODULE)),
    "APPIMAGE": Trap(
        lay=lambda *_: {"APPIMAGE": "/tmp/other", "APPDIR": "/tmp"},
        is_sprung=lambda _, walk: "APPIMAGE" in str(walk.told.get("environment")),
    ),
}

NO_TRAP: dict[str, str] = {
    "GTK_DATA_PREFIX": "leads to themes, which are no code",
    "GTK_DEBUG": "opens a window for the person at the screen, by a key",
    "GDK_PIXBUF_MODULEDIR": "only the tool that writes the cache reads it",
    **dict.fromkeys(("PANGO_LIBDIR", "PANGO_SYSCONFDIR"), "this Pango has no modules"),
    "LIBDECOR_PLUGIN_DIR": "for Wayland only",
    "PX_MODULE_PATH": "this GIO asks no libproxy",
    **dict.fromkeys(("GSS_MECH_CONFIG", "KRB5_CONFIG"), "read at a login to a Kerberos server"),
    "LIBGL_DRIVERS_DIR": "the name that Mesa gave up",
    "VK_LAYER_PATH": "nothing here draws with Vulkan",
    "SSL_CERT_DIR": "as SSL_CERT_FILE, but told only at a connection",
    "CTLOG_FILE": "read by programs of OpenSSL itself",
    "GNUTLS_SYSTEM_PRIORITY_FILE": "shows at a connection to a server only",
    "WEBKIT_EXEC_PATH": "read by WebKit's own developer builds",
    "WEBKIT_FORCE_SANDBOX": "WebKit takes it for a wish of ours: see the sandbox's own tests",
    "PYTHONSTARTUP": "read at an interactive prompt only",
    **dict.fromkeys(
        ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PYWEBVIEW_GUI", "MILLENNIUM_ANYTHING"),
        "nothing inside reads it",
    ),
    **dict.fromkeys(("_PYI_X", "_MEI_X", "PYINSTALLER_X"), "what is read: test_unpacking.py"),
    **dict.fromkeys(
        ("GBM_BACKENDS_PATH", "GBM_DRIVERS_PATH", "LIBVA_DRIVERS_PATH", "VDPAU_DRIVER_PATH"),
        "the driver is loaded for a device that this machine lacks",
    ),
    **dict.fromkeys(
        (
            *("ALSA_CONFIG_DIR", "ALSA_CONFIG_PATH", "ALSA_PLUGIN_DIR", "LADSPA_PATH"),
            *("ALSA_MIXER_SIMPLE_MODULES", "PIPEWIRE_MODULE_DIR", "PIPEWIRE_CONFIG_DIR"),
            *("SPA_PLUGIN_DIR", "PULSE_BINARY", "PULSE_CONFIG_PATH"),
        ),
        "read when sound is played, on a machine with a sound device",
    ),
}


@dataclass(slots=True, kw_only=True)
class Course:
    """Starts the app, from source or as an executable, over traps."""

    folder: Path
    library: Path
    command: list[str | Path]
    display: dict[str, str]
    walks: dict[tuple[str, ...], Walk] = field(default_factory=dict)

    def walk(self, *names: str, until: Callable[[Walk], bool] = lambda _: False) -> Walk:
        """Set these traps and start once; asked again, tell the same."""
        if names not in self.walks:
            home = self.folder / f"home-{len(self.walks)}"
            settings = home / ".config" / "gtk-3.0" / "settings.ini"
            settings.parent.mkdir(parents=True)
            settings.write_text("[Settings]\ngtk-modules=trapped\n")
            self.walks[names] = self.start(home, self._lay(home, names), until)
        return self.walks[names]

    def place(self, name: str, *names: str) -> Path:
        """Return the folder of a trap in the walk over these."""
        return self.folder / f"home-{list(self.walks).index(names)}" / name

    def _lay(self, home: Path, names: tuple[str, ...]) -> dict[str, str]:
        variables: dict[str, str] = {}
        for name in names:
            (home / name).mkdir()
            lay = TRAPS[name].lay if name in TRAPS else lambda *_, name=name: {name: "/nowhere"}
            variables |= lay(home / name, self.library)
        return variables

    def start(
        self, home: Path, traps: dict[str, str], until: Callable[[Walk], bool] = lambda _: False
    ) -> Walk:
        """Start once with these variables."""
        environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", **self.display, **traps}
        environment |= {"NO_AT_BRIDGE": "1", "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
        log, out = home / "errors.log", home / "output.log"
        opened: set[int] = set()
        end = time.monotonic() + SECONDS
        with log.open("w") as errors, out.open("w") as output:
            process = subprocess.Popen(
                self.command, env=environment, cwd=home, stdout=output, stderr=errors
            )
            try:
                while process.poll() is None and time.monotonic() < end:
                    opened |= _listening()
                    if until(Walk(output="", errors=log.read_text(), opened=frozenset(opened))):
                        break
                    time.sleep(0.02)
            finally:
                process.kill()
                process.wait()
        return Walk(output=out.read_text(), errors=log.read_text(), opened=frozenset(opened))


@pytest.fixture(scope="module")
def display():
    with find_display() as found:
        if found is None:
            pytest.skip("needs a display or Xvfb")
        kept = {name: os.environ[name] for name in ("XAUTHORITY",) if name in os.environ}
        yield kept | found


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("gcc") is None or shutil.which("glib-compile-schemas") is None:
        pytest.skip("needs gcc and glib-compile-schemas, to make the traps")
    folder = tmp_path_factory.mktemp("spring")
    (folder / "spring.c").write_text(SPRING)
    command = ["gcc", "-shared", "-fPIC", "-o", "spring.so", "spring.c"]
    subprocess.run(command, cwd=folder, check=True)
    return folder / "spring.so"


@pytest.fixture(scope="module")
def from_source(tmp_path_factory, library: Path, display: dict[str, str]) -> Course:
    folder = tmp_path_factory.mktemp("source")
    main = shutil.copytree(PROJECT, folder / "trapped") / "src" / "trapped" / "__main__.py"
    command: list[str | Path] = [sys.executable, main]
    return Course(folder=folder, library=library, command=command, display=display)


@pytest.fixture(scope="module", params=["native", "pyinstaller"])
def executable(request, tmp_path_factory, library: Path, display: dict[str, str]) -> Course:
    folder = tmp_path_factory.mktemp("executable")
    root = shutil.copytree(PROJECT, folder / "trapped")
    built = build(BuildRequest(root=root, freezer=request.param, verify=False))
    return Course(folder=folder, library=library, command=[built.path], display=display)


HARMLESS = tuple(name for name, trap in TRAPS.items() if not trap.is_alone)
ALL = (*TRAPS, *NO_TRAP)


@pytest.mark.parametrize("name", TRAPS)
def test_trap_springs_from_source(from_source: Course, name: str) -> None:
    trap = TRAPS[name]
    names = (name,) if trap.is_alone else HARMLESS
    number = len(from_source.walks)
    place = from_source.folder / f"home-{number}" / name
    walk = from_source.walk(
        *names, until=lambda seen: trap.is_alone and trap.is_sprung(place, seen)
    )
    assert trap.is_sprung(from_source.place(name, *names), walk), walk.errors


@pytest.mark.parametrize("name", TRAPS)
def test_executable_walks_over_the_trap(executable: Course, name: str) -> None:
    walk = executable.walk(*ALL)
    assert walk.told, walk.errors
    assert not TRAPS[name].is_sprung(executable.place(name, *ALL), walk)
    assert name not in walk.told["environment"]


@pytest.mark.parametrize("name", NO_TRAP, ids=lambda name: f"{name}: {NO_TRAP[name]}")
def test_variable_without_a_trap_is_forgotten_as_well(executable: Course, name: str) -> None:
    walk = executable.walk(*ALL)
    assert walk.told, walk.errors
    assert name not in walk.told["environment"]


def test_what_no_program_can_refuse_springs_in_an_executable_too(executable: Course) -> None:
    """The loader runs LD_PRELOAD before us; GTK obeys the settings in the user's own folder."""
    preloaded, configured = executable.folder / "preloaded.so", executable.folder / "configured.so"
    shutil.copy(executable.library, preloaded)
    shutil.copy(executable.library, configured)
    settings = executable.folder / "settings" / "gtk-3.0" / "settings.ini"
    settings.parent.mkdir(parents=True)
    settings.write_text(f"[Settings]\ngtk-modules={configured}\n")
    (home := executable.folder / "own").mkdir()
    variables = {"LD_PRELOAD": str(preloaded), "XDG_CONFIG_HOME": str(settings.parent.parent)}
    assert executable.start(home, variables).told
    marks = {path.name for path in executable.folder.glob("*.sprung")}
    assert marks == {"preloaded.so.sprung", "configured.so.sprung"}


def test_every_name_and_prefix_of_the_list_is_tried() -> None:
    assert set(REMOVED_NAMES) <= set(ALL)
    assert all(any(name.startswith(prefix) for name in ALL) for prefix in REMOVED_PREFIXES)
