"""GTK and WebKit work from both freezers with typelibs from inside the executable."""

from __future__ import annotations

from pathlib import Path

import pytest

from millennium_build.display import find_display

MAIN = Path(__file__).parent / "programs" / "window.py"
NOWHERE = {"GI_TYPELIB_PATH": "/nowhere"}

pytestmark = pytest.mark.gui


@pytest.fixture(params=["native", "pyinstaller"], scope="module")
def frozen(request, freeze, tmp_path_factory: pytest.TempPathFactory):
    output = tmp_path_factory.mktemp("window") / "app"
    return freeze(MAIN, output, freezer=request.param)


@pytest.fixture
def display():
    with find_display() as found:
        if found is None:
            pytest.skip("needs a display or Xvfb")
        yield found


def test_page_is_shown(frozen, run, display) -> None:
    done = run(frozen.result.executable, **display, **NOWHERE)
    assert (done.stdout, done.returncode) == ("inside\n", 0), done.stderr


def test_typelibs_are_planned_with_what_they_need(frozen) -> None:
    names = [each.namespace for each in frozen.plan.typelibs]
    assert names.index("GLib") < names.index("Gtk") < names.index("WebKit2")


def test_no_library_of_gtk_is_inside(frozen) -> None:
    assert [each.soname for each in frozen.plan.libraries] == ["libgirepository-1.0.so.1"]
    assert "libglib-2.0.so.0" in frozen.result.sonames
