"""GTK and WebKit work from both freezers with typelibs from inside the executable."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import gi
import pytest

MAIN = Path(__file__).parent / "programs" / "window.py"
NOWHERE = {"GI_TYPELIB_PATH": "/nowhere"}
ALONE = ("--mount",) if os.geteuid() == 0 else ("--map-root-user", "--mount")
HIDE = 'mount -t tmpfs none "$0"; mount --bind /dev/null "$1"; shift; exec "$@"'
GIREPOSITORY = f"libgirepository-{'2.0.so.0' if gi.version_info >= (3, 51) else '1.0.so.1'}"

pytestmark = pytest.mark.gui


@pytest.fixture(params=["native", "pyinstaller"], scope="module")
def frozen(request, freeze, tmp_path_factory: pytest.TempPathFactory):
    output = tmp_path_factory.mktemp("window") / "app"
    return freeze(MAIN, output, freezer=request.param)


def test_page_is_shown(frozen, run, display) -> None:
    done = run(frozen.result.executable, **display, **NOWHERE)
    assert (done.stdout, done.returncode) == ("inside\n", 0), done.stderr


def test_page_is_shown_where_no_typelib_and_no_libgirepository_are(frozen, run, display) -> None:
    if subprocess.run(["unshare", *ALONE, "true"], capture_output=True, check=False).returncode:
        pytest.skip("needs mount namespaces, which this machine refuses")
    folder, library = frozen.plan.typelibs[0].path.parent, frozen.plan.libraries[0].path
    hidden = (*ALONE, "sh", "-ec", HIDE, folder, library, frozen.result.executable)
    done = run(Path("/usr/bin/unshare"), *hidden, **display)
    assert (done.stdout, done.returncode) == ("inside\n", 0), done.stderr


def test_typelibs_are_planned_with_what_they_need(frozen) -> None:
    names = [each.namespace for each in frozen.plan.typelibs]
    assert names.index("GLib") < names.index("Gtk") < names.index("WebKit2")


def test_no_library_of_gtk_is_inside(frozen) -> None:
    assert [each.soname for each in frozen.plan.libraries] == [GIREPOSITORY]
    assert "libglib-2.0.so.0" in frozen.result.sonames
