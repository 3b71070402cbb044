"""The scan sees every import, how sure it is, and what cannot run in an executable."""

from __future__ import annotations

import ast
import io
import json
import marshal
import subprocess
import sys
from pathlib import Path

import pytest

from millennium_build.freeze import worker


def _found(source: str, *, is_main: bool = False) -> dict[str, bool]:
    """Return what is imported → whether that is sure."""
    result = worker.scan(source.encode(), is_main=is_main)
    return {"." * item["level"] + item["module"]: item["hard"] for item in result["imports"]}


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        ("True", True),
        ("TYPE_CHECKING", False),
        ("typing.TYPE_CHECKING", False),
        ("not TYPE_CHECKING", True),
        ("__debug__", False),
        ("sys.platform == 'win32'", False),
        ("sys.platform in ('linux', 'darwin')", True),
        ("sys.platform.startswith('win')", False),
        ("platform.startswith('win')", None),
        ("os.name != 'nt'", True),
        ("sys.version_info >= (3, 8)", True),
        ("sys.version_info[0] == 2", False),
        ("sys.version_info < 'x'", None),
        ("sys.version_info < x", None),
        ("x is None", None),
        ("sys.platform is x", None),
        ("__name__ == '__main__'", False),
        ("x and TYPE_CHECKING", False),
        ("x or not TYPE_CHECKING", True),
        ("x and True", None),
        ("False or False", False),
        ("not x", None),
        ("f()", None),
    ],
)
def test_condition_is_folded(condition: str, value: bool | None) -> None:
    assert worker.fold(ast.parse(condition, mode="eval").body) is value


def test_main_file_runs_as_main() -> None:
    source = "if __name__ == '__main__':\n    import a"
    assert _found(source, is_main=True) == {"a": False}
    assert _found(source) == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import a, b.c", {"a": True, "b.c": True}),
        ("from a import b", {"a": True}),
        ("from ..a import b", {"..a": True}),
        ("from . import b", {".": True}),
        ("class A:\n    import a", {"a": True}),
        ("def f():\n    import a", {"a": False}),
        ("async def f():\n    import a", {"a": False}),
        ("f = lambda: __import__('a')", {"a": False}),
        ("try:\n    import a\nexcept ImportError:\n    import b", {"a": False, "b": False}),
        ("try:\n    import a\nexcept* OSError:\n    import b", {"a": False, "b": False}),
        ("try:\n    import a\nfinally:\n    import b", {"a": True, "b": True}),
        ("try:\n    x\nexcept E:\n    y\nelse:\n    import a", {"a": True}),
        ("with suppress(ImportError):\n    import a", {"a": False}),
        ("with open(x):\n    import a", {"a": True}),
        ("if x:\n    import a\nelse:\n    import b", {"a": False, "b": False}),
        ("if TYPE_CHECKING:\n    import a\nelse:\n    import b", {"b": True}),
        ("import_module('a.b')", {"a.b": False}),
        ("importlib.import_module('.a', __package__)", {".a": False}),
    ],
)
def test_import_is_found(source: str, found: dict[str, bool]) -> None:
    assert _found(source) == found


def test_fallback_names_what_it_stands_for() -> None:
    source = "try:\n    from _a import x\n    import b\nexcept ImportError:\n    from a import x"
    items = {item["module"]: item["instead_of"] for item in worker.scan(source.encode())["imports"]}
    assert items == {"_a": [], "b": [], "a": ["_a", "b"]}


def test_body_that_does_more_than_import_has_no_fallback() -> None:
    source = "try:\n    import a\n    a.f()\nexcept Exception:\n    import b"
    assert worker.scan(source.encode())["imports"][1]["instead_of"] == []


def test_outermost_function_is_told() -> None:
    source = "def _test():\n    def g():\n        import a"
    assert worker.scan(source.encode())["imports"][0]["function"] == "_test"


def test_strings_of_a_lazy_package_are_hints() -> None:
    source = "N = {'x': '.sub', 'y z': 1}\ndef __getattr__(n):\n    return import_module(N[n])"
    result = worker.scan(source.encode())
    assert result["hints"] == [".sub", "x"]
    assert result["dynamic"] == ["import_module(N[n])"]


def test_strings_of_another_module_are_none() -> None:
    assert worker.scan(b"N = 'sub'\nimport_module(N)")["hints"] == []


def test_typelib_versions_are_found() -> None:
    source = "gi.require_version('Gtk', '3.0')\ngi.require_version(x, '1')"
    assert worker.scan(source.encode())["typelibs"] == [["Gtk", "3.0"]]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("from concurrent.futures import ProcessPoolExecutor", ["ProcessPoolExecutor"]),
        ("futures.ProcessPoolExecutor(2)", ["ProcessPoolExecutor"]),
        ("open_connection(host, ssl=True)", ["ssl"]),
        (r"re.compile(r'\N{BULLET}')", ["regex-names"]),
        ("f(x=1)", []),
    ],
)
def test_words_that_tell_of_parts_are_found(source: str, words: list[str]) -> None:
    assert worker.scan(source.encode())["words"] == words


@pytest.mark.parametrize(
    "source", ["x.encode('cp1252')", "open(f, encoding='cp1252')", "codecs.lookup('cp1252')"]
)
def test_encodings_are_found(source: str) -> None:
    assert worker.scan(source.encode())["encodings"] == ["cp1252"]


def test_bytecode_is_the_same_whatever_the_process_holds() -> None:
    path = str(Path(worker.__file__))
    source = (
        "class A:\n    '''doc'''\n    x = {'k', 'other', 'third'}\n    y = (1000000, 'q w', b'z')"
    )
    call = f"import sys; sys.path.insert(0, {str(Path(path).parent)!r}); import worker; "
    work = f"sys.stdout.buffer.write(worker.compile_source({source.encode()!r}, '/m.py', 2))"
    command = [sys.executable, "-X", "no_debug_ranges", "-c"]
    one = subprocess.check_output([*command, call + work], env={"PYTHONHASHSEED": "1"})
    crowd = "import typing, email.parser, decimal; names = ['third', 'other', 'q w']; "
    two = subprocess.check_output([*command, crowd + call + work], env={"PYTHONHASHSEED": "2"})
    assert one == two
    assert marshal.loads(one).co_filename == "/m.py"
    assert b"doc" not in one


def test_worker_answers_line_by_line(monkeypatch, capsys, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import b\n")
    (tmp_path / "bad.py").write_text("def\n")
    asks = [
        {"do": "probe"},
        {"do": "scan", "path": str(tmp_path / "a.py"), "is_main": False},
        {"do": "compile", "path": str(tmp_path / "a.py"), "filename": "/a.py", "optimize": 2},
        {"do": "scan", "path": str(tmp_path / "bad.py"), "is_main": False},
        {"do": "scan", "path": str(tmp_path / "absent.py"), "is_main": False},
    ]
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(json.dumps(ask) + "\n" for ask in asks)))
    worker.main()
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert answers[0]["ok"]["version"] == list(sys.version_info[:3])
    assert answers[1]["ok"]["imports"][0]["module"] == "b"
    assert answers[2]["ok"]
    assert answers[3] == {"error": "invalid syntax", "line": 1, "column": 4}
    assert list(answers[4]) == ["error"]
