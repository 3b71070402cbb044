"""Variables that a release takes out of its environment before it loads anything.

Whoever can set a variable must not thereby load code into the app, change whom it trusts, or open
it to an inspector. The rule: what gives a path, code or a debugging door goes; what only names one
of the things the system has installed stays (``GTK_THEME``, ``GIO_USE_VFS``, ``GDK_BACKEND``).
What may be one or the other is looked at: the address of a bus can be a program that is started, and
the name of a driver leads anywhere when it has a slash.

This is the one list. `millennium_build` makes of it what runs before Python: the header of the
native launcher, and PyInstaller's first hook. `remove_dangerous` is the net below them, for any
other freezer. Development is left alone: a developer's own variables are wanted there.

What stays and why is in ``docs/explanation/decisions/0014-what-a-release-forgets.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from pathlib import Path

REMOVED_NAMES: tuple[str, ...] = (
    # GTK and GDK: modules, engines, input methods, image loaders, the interactive debugger
    *("GTK_MODULES", "GTK3_MODULES", "GTK_PATH", "GTK_EXE_PREFIX", "GTK_DATA_PREFIX"),
    *("GTK_IM_MODULE_FILE", "GTK_DEBUG", "GDK_PIXBUF_MODULE_FILE", "GDK_PIXBUF_MODULEDIR"),
    *("PANGO_LIBDIR", "PANGO_SYSCONFDIR", "LIBDECOR_PLUGIN_DIR"),
    # GLib and the C library: modules, the program that opens links, schemas, typelibs, converters
    *("GIO_EXTRA_MODULES", "GIO_MODULE_DIR", "GIO_LAUNCH_DESKTOP", "GSETTINGS_SCHEMA_DIR"),
    *("GI_TYPELIB_PATH", "GCONV_PATH", "PX_MODULE_PATH", "GSS_MECH_CONFIG", "KRB5_CONFIG"),
    # drivers of graphics and sound
    *("LIBGL_DRIVERS_PATH", "LIBGL_DRIVERS_DIR", "GBM_BACKENDS_PATH", "GBM_DRIVERS_PATH"),
    *("LIBVA_DRIVERS_PATH", "VDPAU_DRIVER_PATH", "ALSA_CONFIG_DIR", "ALSA_CONFIG_PATH"),
    *("ALSA_PLUGIN_DIR", "ALSA_MIXER_SIMPLE_MODULES", "LADSPA_PATH", "SPA_PLUGIN_DIR"),
    *("PIPEWIRE_MODULE_DIR", "PIPEWIRE_CONFIG_DIR", "PULSE_BINARY", "PULSE_CONFIG_PATH"),
    # whom to trust, and a file that gets the keys of every connection
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE", "CTLOG_FILE"),
    *("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
)

REMOVED_PREFIXES: tuple[str, ...] = (
    *("PYTHON", "PYWEBVIEW_", "MILLENNIUM_"),
    *("WEBKIT_", "JSC_", "GST_"),
    *("OPENSSL_", "GNUTLS_"),
    *("__EGL_", "VK_"),
    *("_PYI_", "_MEI", "PYINSTALLER_"),
)

KEPT_NAMES: tuple[str, ...] = (
    *("WEBKIT_DISABLE_DMABUF_RENDERER", "WEBKIT_DISABLE_COMPOSITING_MODE"),
    *("WEBKIT_DMABUF_RENDERER_FORCE_SHM", "WEBKIT_DMABUF_RENDERER_DISABLE_GBM"),
)
"""Of the prefixes: how WebKitGTK draws, which users set against blank windows."""

REMOVED_WITH: tuple[tuple[str, str], ...] = (
    # https://dbus.freedesktop.org/doc/dbus-specification.html#transports-exec
    *((f"DBUS_{bus}_ADDRESS", "unixexec:") for bus in ("SESSION_BUS", "SYSTEM_BUS", "STARTER")),
    ("AT_SPI_BUS_ADDRESS", "unixexec:"),
    *(("MESA_LOADER_DRIVER_OVERRIDE", "/"), ("GBM_BACKEND", "/"), ("LIBVA_DRIVER_NAME", "/")),
    *(("VDPAU_DRIVER", "/"), ("__GLX_VENDOR_LIBRARY_NAME", "/")),
)
"""Variables, and what they must not have in them: else they name something that is installed."""

REMOVED_UNLESS: tuple[tuple[str, str], ...] = (("PULSE_CLIENTCONFIG", "/run/flatpak/"),)
"""Variables that give a path, and the one folder, which only root makes, that it may lead into."""

UNPACKED_NAMES: tuple[str, ...] = (
    *("_PYI_ARCHIVE_FILE", "_PYI_APPLICATION_HOME_DIR", "_PYI_PARENT_PROCESS_LEVEL"),
    *("_PYI_LINUX_PROCESS_NAME", "_PYI_SPLASH_IPC"),
)
"""Of the prefixes: what an executable that unpacked itself tells its own processes.

They stay where one runs: its launcher believes them from a parent of the same executable only.
"""

MOUNT_NAMES: tuple[str, ...] = ("APPDIR", "APPIMAGE")
"""Kept when the running file is inside the folder `APPDIR`, and that is a mount of its own."""


def is_dangerous(name: str) -> bool:
    """Tell whether a release must not have the variable, whatever its value is."""
    if name in KEPT_NAMES:
        return False
    return name in REMOVED_NAMES or name.startswith(REMOVED_PREFIXES)


def has_dangerous_value(name: str, value: str) -> bool:
    """Tell whether a release must not have a variable because of what it says."""
    if any(name == other and part in value for other, part in REMOVED_WITH):
        return True
    return any(name == other and not _leads_into(path, value) for other, path in REMOVED_UNLESS)


def find_dangerous(
    environment: Mapping[str, str], executable: Path, *, own: str = ""
) -> tuple[str, ...]:
    """Return the variables to take out.

    Args:
        environment: Of the process.
        executable: The running file.
        own: Folder that the executable has unpacked itself into; a variable that leads there was
            set by the executable.
    """
    is_mounted = is_own_mount(environment.get("APPDIR", ""), executable)
    unpacked = UNPACKED_NAMES if own else ()
    return tuple(
        name
        for name, value in environment.items()
        if (is_dangerous(name) and name not in unpacked and not _leads_into(own, value))
        or has_dangerous_value(name, value)
        or (name in MOUNT_NAMES and not is_mounted)
    )


def remove_dangerous(
    environment: MutableMapping[str, str], executable: Path, *, own: str = ""
) -> None:
    """Take them out; see `find_dangerous`."""
    for name in find_dangerous(environment, executable, own=own):
        del environment[name]


def is_own_mount(folder: str, executable: Path) -> bool:
    """Tell whether the running file comes from a file system mounted at `folder`."""
    mount = Path(folder)
    if not folder.startswith("/") or not _leads_into(folder, str(executable)):
        return False
    try:
        return mount.stat().st_dev != mount.parent.stat().st_dev
    except OSError:
        return False


def _leads_into(folder: str, path: str) -> bool:
    return bool(folder) and ".." not in path and path.startswith(folder.rstrip("/") + "/")
