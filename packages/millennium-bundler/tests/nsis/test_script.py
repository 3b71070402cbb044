"""The script of a setup: what each setting comes to, and that makensis takes it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable

import pytest

from millennium_bundler.nsis.compiler import compile_setup
from millennium_bundler.nsis.languages import find_language
from millennium_bundler.nsis.script import make_script
from millennium_bundler.nsis.setup import Setup
from millennium_bundler.webview_install import WebviewInstall

MakeSetup = Callable[..., Setup]
KIND = {"ext": ["Note", "memo"], "mime_type": "text/x-note", "name": "Note"}
# https://nsis.sourceforge.io/Docs/Chapter1.html: NSIS_MAX_STRLEN
LONGEST_TEXT = 1024

needs_compiler = pytest.mark.skipif(shutil.which("makensis") is None, reason="needs makensis")


def webview(mode: str, **keys: object) -> WebviewInstall:
    return WebviewInstall(mode=mode, **keys)  # type: ignore[arg-type]


@needs_compiler
@pytest.mark.parametrize(
    "changes",
    [
        {"install_mode": "both", "display_language_selector": True, "start_menu_folder": "Ada"},
        {"install_mode": "per_machine", "stub": "x86_64", "desktop_shortcut": True},
        {"target": "i686-windows-msvc", "launch_after_install": False, "allow_downgrades": True},
        {"target": "aarch64-windows-msvc"},
        {"webview": webview("download_bootstrapper"), "licence": r"{\rtf1 Do what you like.}"},
        {"webview": webview("offline_installer", program=b"MZ"), "minimum_webview2_version": "9"},
        {"file_associations": [KIND], "deep_link_schemes": ["notes"], "homepage": "https://a.org"},
        {"product_name": 'It\'s $0 `odd` "&" ${x}', "version": "1.0.0-rc.1+5", "publisher": ""},
        {"hooks": b"!macro NSIS_HOOK_POSTUNINSTALL\n  Nop\n!macroend\n"},
    ],
    ids=["both", "machine", "32 bits", "ARM", "download", "offline", "kinds", "odd texts", "hooks"],
)
def test_the_compiler_takes_every_setting(make_setup: MakeSetup, changes: dict[str, object]):
    assert compile_setup(make_setup(**changes)).startswith(b"MZ")


@needs_compiler
def test_the_compiler_takes_every_language(make_setup: MakeSetup):
    tags = ("en-US", "de-DE", "fr-FR", "es-ES", "ja-JP", "zh-CN", "ar-SA", "he-IL", "pl-PL")
    setup = make_setup(languages=tuple(map(find_language, tags)))
    assert compile_setup(setup).startswith(b"MZ")


@pytest.mark.parametrize(
    ("target", "asked"),
    [
        ("x86_64-windows-msvc", ["APP_64"]),
        ("aarch64-windows-msvc", ["APP_64", "APP_ARM"]),
        ("i686-windows-msvc", []),
    ],
)
def test_a_windows_that_cannot_run_the_app_is_refused(
    make_setup: MakeSetup, target: str, asked: list[str]
):
    script = make_script(make_setup(target=target))
    assert re.findall(r"^!define (APP_\w+)$", script, re.MULTILINE) == asked


@pytest.mark.parametrize(
    ("mode", "rights"), [("current_user", "user"), ("per_machine", "admin"), ("both", "user")]
)
def test_rights_are_asked_for_as_the_mode_needs(make_setup: MakeSetup, mode: str, rights: str):
    script = make_script(make_setup(install_mode=mode))
    assert f"RequestExecutionLevel {rights}\n" in script


def test_every_file_that_is_installed_is_removed(make_setup: MakeSetup):
    script = make_script(make_setup())
    for path in ("hello.exe", "resources\\deep folder\\words.json"):
        assert f'Delete "$INSTDIR\\{path}"' in script
    assert script.index('RMDir "$INSTDIR\\resources\\deep folder"') < script.index(
        'RMDir "$INSTDIR\\resources"\n'
    )
    assert not re.search(r"RMDir /r (?!\"\$(APPDATA|LOCALAPPDATA)\\org\.example\.Hello\")", script)


def test_all_that_is_written_to_the_registry_is_removed(make_setup: MakeSetup):
    setup = make_setup(file_associations=[KIND], deep_link_schemes=["notes"])
    script = make_script(setup)
    written = set(re.findall(r'WriteReg\w+ SHCTX "([^"]+)"', script))
    removed = re.findall(r'DeleteReg(?:Key|Value)(?: /ifempty)? SHCTX "([^"]+)"', script)
    assert len(written) > 10
    assert [key for key in written if not any(key.startswith(one) for one in removed)] == []


def test_no_foreign_key_is_removed_with_what_others_put_there(make_setup: MakeSetup):
    setup = make_setup(file_associations=[KIND], deep_link_schemes=["notes"])
    whole = re.findall(r'DeleteRegKey SHCTX "([^"]+)"', make_script(setup))
    assert sorted(whole) == [
        "${UNINSTALL_KEY}",
        "Software\\Ada Lovelace\\Hello\\Capabilities",
        "Software\\Classes\\notes",
        "Software\\Classes\\org.example.Hello.memo",
        "Software\\Classes\\org.example.Hello.note",
    ]


def test_texts_of_the_app_never_stand_bare(make_setup: MakeSetup):
    name = '"\n!system evil\n$%HOME% ${X}'
    setup = make_setup(description=name.replace("\n", " "), copyright='" /x')
    script = make_script(setup)
    assert "\n!system" not in script
    assert "$%HOME%" not in script
    assert "${X}" not in script


def test_what_runs_for_webview2_fits_into_a_text(make_setup: MakeSetup):
    script = make_script(make_setup(webview=webview("download_bootstrapper")))
    [command] = re.findall(r'^\s*nsExec::Exec "(.*)"$', script, re.MULTILINE)
    assert "Get-AuthenticodeSignature" in command
    assert len(command) < LONGEST_TEXT - 100


@pytest.mark.parametrize("mode", ["skip", "fixed_runtime"])
def test_two_modes_run_nothing(make_setup: MakeSetup, mode: str):
    script = make_script(make_setup(webview=webview(mode)))
    assert "!define WEBVIEW\n" not in script
    assert "MicrosoftEdgeWebview2Setup" not in script


def test_places_in_texts_are_filled(make_setup: MakeSetup):
    script = make_script(make_setup(product_name="$Hello"))
    found = re.search(r'LangString text_newer \$\{LANG_ENGLISH\} "(.*)"', script)
    assert found
    assert "version of ${DOLLAR}Hello ($R1) is" in found[1]
