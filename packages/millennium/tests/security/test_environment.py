"""What a release takes out of its environment, and what it leaves there."""

from __future__ import annotations

from pathlib import Path

import pytest

from millennium.security.environment import (
    KEPT_NAMES,
    REMOVED_PREFIXES,
    UNPACKED_NAMES,
    find_dangerous,
    has_dangerous_value,
    is_dangerous,
    is_own_mount,
    remove_dangerous,
)

APP = Path("/opt/notes/notes")
MOUNTED = Path("/proc/notes")
"""An executable inside a file system of its own: /proc is one everywhere."""


@pytest.mark.parametrize(
    "name",
    [
        *("GTK_MODULES", "GTK3_MODULES", "GTK_PATH", "GTK_EXE_PREFIX", "GTK_IM_MODULE_FILE"),
        *("GDK_PIXBUF_MODULE_FILE", "GDK_PIXBUF_MODULEDIR", "GIO_EXTRA_MODULES", "GIO_MODULE_DIR"),
        *("GIO_LAUNCH_DESKTOP", "GI_TYPELIB_PATH", "GSETTINGS_SCHEMA_DIR", "GCONV_PATH"),
        *("GST_PLUGIN_PATH", "GST_PLUGIN_PATH_1_0", "GST_PLUGIN_SCANNER", "GST_REGISTRY_1_0"),
        *("WEBKIT_INSPECTOR_SERVER", "WEBKIT_INSPECTOR_HTTP_SERVER", "WEBKIT_EXEC_PATH"),
        *("WEBKIT_INJECTED_BUNDLE_PATH", "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS"),
        *("WEBKIT_FORCE_SANDBOX", "JSC_useJIT", "LIBGL_DRIVERS_PATH", "GBM_BACKENDS_PATH"),
        *("__EGL_VENDOR_LIBRARY_FILENAMES", "VK_LAYER_PATH", "OPENSSL_CONF", "SSL_CERT_FILE"),
        *("SSL_CERT_DIR", "SSLKEYLOGFILE", "PYTHONPATH", "PYTHONSTARTUP", "PYWEBVIEW_GUI"),
        *("MILLENNIUM_ANYTHING", "PULSE_BINARY", "PULSE_CONFIG_PATH", "KRB5_CONFIG"),
        *("_PYI_ARCHIVE_FILE", "_MEIPASS2", "PYINSTALLER_RESET_ENVIRONMENT"),
    ],
)
def test_what_could_load_code_or_change_trust_goes(name: str) -> None:
    assert is_dangerous(name)


@pytest.mark.parametrize(
    "name",
    [
        *("HOME", "PATH", "LANG", "DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "TMPDIR"),
        *("GTK_THEME", "GTK_IM_MODULE", "GDK_BACKEND", "GIO_USE_VFS", "DBUS_SESSION_BUS_ADDRESS"),
        *("LIBGL_ALWAYS_SOFTWARE", "https_proxy", "LD_PRELOAD", "LD_LIBRARY_PATH"),
        *("AGTK_MODULES", "gtk_modules", "GTK_MODULES_", "APYTHONPATH"),
        *KEPT_NAMES,
    ],
)
def test_what_only_names_something_installed_stays(name: str) -> None:
    assert not is_dangerous(name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DBUS_SESSION_BUS_ADDRESS", "unixexec:path=/tmp/evil"),
        ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/run/bus;unixexec:path=/tmp/evil"),
        ("DBUS_STARTER_ADDRESS", "unixexec:path=/tmp/evil"),
        ("AT_SPI_BUS_ADDRESS", "unixexec:path=/tmp/evil"),
        ("MESA_LOADER_DRIVER_OVERRIDE", "../../../../tmp/evil"),
        ("GBM_BACKEND", "../evil"),
        ("LIBVA_DRIVER_NAME", "../evil"),
        ("VDPAU_DRIVER", "/../evil"),
        ("__GLX_VENDOR_LIBRARY_NAME", "/evil"),
        ("PULSE_CLIENTCONFIG", "/tmp/client.conf"),
        ("PULSE_CLIENTCONFIG", "/run/flatpak/../../tmp/client.conf"),
        ("PULSE_CLIENTCONFIG", "run/flatpak/client.conf"),
    ],
)
def test_what_says_a_program_or_a_file_goes(name: str, value: str) -> None:
    assert has_dangerous_value(name, value)
    assert find_dangerous({name: value, "HOME": value}, APP) == (name,)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/user/1000/bus"),
        ("AT_SPI_BUS_ADDRESS", "unix:path=/run/flatpak/at-spi-bus"),
        ("MESA_LOADER_DRIVER_OVERRIDE", "zink"),
        ("GBM_BACKEND", "nvidia-drm"),
        ("__GLX_VENDOR_LIBRARY_NAME", "nvidia"),
        ("PULSE_CLIENTCONFIG", "/run/flatpak/pulse/config"),
        ("OTHER", "unixexec:path=/usr/bin/true"),
    ],
)
def test_what_says_a_socket_or_the_name_of_a_driver_stays(name: str, value: str) -> None:
    assert not has_dangerous_value(name, value)
    assert find_dangerous({name: value}, APP) == ()


def test_each_exception_is_one_of_a_prefix() -> None:
    assert all(name.startswith(REMOVED_PREFIXES) for name in KEPT_NAMES + UNPACKED_NAMES)


def test_the_rest_of_the_environment_stays_as_it_is() -> None:
    environment = {"HOME": "/home/ada", "GTK_MODULES": "evil", "LANG": "C", "PYTHONPATH": "/tmp"}
    remove_dangerous(environment, APP)
    assert environment == {"HOME": "/home/ada", "LANG": "C"}


def test_what_the_executable_itself_has_set_stays() -> None:
    environment = {"GI_TYPELIB_PATH": "/tmp/_MEI1/typelibs", "GTK_PATH": "/tmp/_MEI1/../evil"}
    assert find_dangerous(environment, APP, own="/tmp/_MEI1") == ("GTK_PATH",)


@pytest.mark.parametrize(
    ("own", "gone"),
    [("", ("_PYI_ARCHIVE_FILE", "_PYI_OTHER")), ("/tmp/_MEI1", ("_PYI_OTHER",))],
    ids=["unpacks nothing", "has unpacked itself"],
)
def test_what_it_tells_its_own_processes_stays_where_it_unpacked_itself(
    own: str, gone: tuple[str, ...]
) -> None:
    environment = {"_PYI_ARCHIVE_FILE": str(APP), "_PYI_OTHER": "1"}
    assert find_dangerous(environment, APP, own=own) == gone


@pytest.mark.parametrize(
    ("folder", "executable", "expected"),
    [
        ("/proc", MOUNTED, True),
        ("/proc/", MOUNTED, True),
        ("/tmp", MOUNTED, False),
        ("/proc/sys", Path("/proc/sys/notes"), False),
        ("/", MOUNTED, False),
        ("", MOUNTED, False),
        ("proc", MOUNTED, False),
        ("/proc", Path("/proc/../tmp/notes"), False),
        ("/nowhere", Path("/nowhere/notes"), False),
    ],
    ids=["mount", "slash", "other", "no-mount", "root", "empty", "relative", "climbs", "absent"],
)
def test_an_app_image_is_known_by_its_own_mount(
    folder: str, executable: Path, expected: bool
) -> None:
    assert is_own_mount(folder, executable) is expected


def test_a_foreign_app_image_goes_and_ones_own_stays() -> None:
    environment = {"APPDIR": "/proc", "APPIMAGE": "/home/ada/notes.AppImage"}
    assert find_dangerous(environment, APP) == ("APPDIR", "APPIMAGE")
    assert find_dangerous(environment, MOUNTED) == ()
