"""The reference made of the code leaves nothing out; each probe has a control it must find."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import reference_configuration  # noqa: E402 - after the path is set
import reference_errors  # noqa: E402
import reference_javascript  # noqa: E402
import reference_permissions  # noqa: E402
import reference_python  # noqa: E402
from millennium import errors  # noqa: E402
from millennium.config.export import json_schema  # noqa: E402
from millennium.security.allowlist import COMMANDS, Allowlist  # noqa: E402
from millennium.security.permissions import permission_of  # noqa: E402
from millennium.security.scope import VARIABLES  # noqa: E402
from millennium_build import errors as build_errors  # noqa: E402
from millennium_bundler import errors as bundler_errors  # noqa: E402
from millennium_runtime import errors as runtime_errors  # noqa: E402

CONFIGURATION = reference_configuration.render()
PERMISSIONS = reference_permissions.render()
ENTRIES = [entry for group in reference_errors.groups().values() for entry in group]
CODES = {entry.code for entry in ENTRIES}


def _keys(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema.get("properties", ())
        for value in schema.values():
            yield from _keys(value)


def _configuration_keys() -> list[str]:
    document: dict[str, Any] = json_schema()
    tables = document["$defs"]
    elsewhere = re.compile(r"\w*Allowlist|Scope|ShellCommand")
    found = {name: value for name, value in tables.items() if not elsewhere.fullmatch(name)}
    return sorted({key for value in found.values() for key in _keys(value)})


def _missing_keys(page: str, keys: list[str]) -> list[str]:
    return [key for key in keys if f"\n| `{key}` " not in page]


def test_every_key_of_the_configuration_is_on_its_page() -> None:
    assert _missing_keys(CONFIGURATION, _configuration_keys()) == []


def test_control_finds_a_key_that_is_not_on_the_page() -> None:
    assert _missing_keys(CONFIGURATION, ["identifier", "no-such-key"]) == ["no-such-key"]


def test_keys_that_nothing_acts_on_are_marked() -> None:
    assert "| `tray` ○ |" in CONFIGURATION
    assert "| `dist-dir` |" in CONFIGURATION


@pytest.mark.parametrize(
    ("path", "kind"),
    [(path, kind) for path, kind, is_read in reference_configuration.sections() if is_read],
    ids=str,
)
def test_what_no_code_reads_is_known_to_do_nothing(path: str, kind: Any) -> None:
    assert (
        reference_configuration.unread_names(kind) - reference_configuration.unread(path) == set()
    )


@pytest.mark.parametrize(
    "numbers",
    [errors.NUMBERS, runtime_errors.NUMBERS, build_errors.NUMBERS, bundler_errors.NUMBERS],
    ids=["millennium", "runtime", "build", "bundler"],
)
def test_every_code_is_on_the_page_of_errors(numbers: dict[str, str]) -> None:
    assert numbers.keys() - CODES == set()


def test_numbers_are_those_of_the_code() -> None:
    tables = (errors, runtime_errors, build_errors, bundler_errors)
    numbers = {code: number for each in tables for code, number in each.NUMBERS.items()}
    shown = {entry.code: entry.number for entry in ENTRIES if entry.number}
    assert shown == numbers


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.code)
def test_every_code_says_what_it_means_and_what_to_do(entry: reference_errors.Entry) -> None:
    assert entry.meaning
    assert entry.advice


def test_advice_is_given_for_codes_that_exist() -> None:
    assert reference_errors.ADVICE.keys() - CODES == set()


def _literals(pattern: str, folder: str) -> set[str]:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / folder).rglob("*.py")]
    nodes = (node for text in texts for node in ast.walk(ast.parse(text)))
    constants = (node.value for node in nodes if isinstance(node, ast.Constant))
    return {text for text in constants if isinstance(text, str) and re.fullmatch(pattern, text)}


def test_every_finding_of_check_is_on_the_page() -> None:
    found = _literals(r"check\.[a-z_]+", "packages/millennium-build/src")
    assert found
    assert found == reference_errors.FINDINGS.keys()


def test_every_answer_of_the_api_modules_is_on_the_page() -> None:
    commands = Allowlist(all=True).commands()
    found = _literals(r"(fs|window|dialog)\.[a-z_]+", "packages/millennium/src/millennium/api")
    assert found - commands
    assert found - commands == reference_errors.ANSWERS.keys() - commands


@pytest.mark.parametrize("command", sorted(Allowlist(all=True).commands()))
def test_every_permission_is_on_its_page(command: str) -> None:
    assert f"`{permission_of(command)}`" in PERMISSIONS


def test_every_key_of_the_allowlist_is_on_its_page() -> None:
    keys = {key.replace("_", "-") for table in COMMANDS.values() for key in table}
    later = {key for keys in reference_permissions.not_yet().values() for key in keys}
    assert {key for key in keys | later if f"`{key}`" not in PERMISSIONS} == set()


def test_every_variable_of_a_scope_has_its_folders_on_the_page() -> None:
    assert reference_permissions.FOLDERS.keys() == VARIABLES
    assert {name for name in VARIABLES if f"| `${name}` |" not in PERMISSIONS} == set()


def _exported(module: str) -> set[str]:
    text = (reference_javascript.SOURCE / f"{module}.js").read_text(encoding="utf-8")
    return set(
        re.findall(r"^export (?:async )?(?:const|let|function|class) (\w+)", text, re.MULTILINE)
    )


@pytest.mark.parametrize("module", reference_javascript.MODULES)
def test_every_export_is_on_the_page_of_javascript(module: str) -> None:
    assert {each.name for each in reference_javascript.exports(module)} == _exported(module)


def test_every_module_of_javascript_is_on_the_page() -> None:
    files = {path.stem for path in reference_javascript.SOURCE.glob("*.js")}
    assert files == {"index", *reference_javascript.MODULES}


def test_every_public_module_has_a_page() -> None:
    assert reference_python.unplaced(reference_python.all_modules()) == []


def test_control_finds_a_module_without_a_page() -> None:
    modules = ["millennium.errors", "millennium.ipc.gate", "millennium.telepathy"]
    assert reference_python.unplaced(modules) == ["millennium.telepathy"]


def test_pages_are_of_modules_that_exist() -> None:
    shown = {module for names in reference_python.PUBLIC.values() for module in names}
    assert shown - set(reference_python.all_modules()) == set()


def test_internal_rooms_are_rooms_that_exist() -> None:
    modules = list(reference_python.all_modules())
    gone = [
        room
        for room in reference_python.INTERNAL
        if not any(f"{module}.".startswith(f"{room.rstrip('.')}.") for module in modules)
    ]
    assert gone == []
