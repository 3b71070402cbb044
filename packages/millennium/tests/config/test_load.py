"""A project's configuration is read from one place, merged, typed, and every error has a place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from millennium.config.load import (
    LoadedConfig,
    find_main,
    find_project,
    load_config,
    require_assets,
    require_main,
)
from millennium.config.project import read_base
from millennium.errors import (
    ConfigError,
    ConfigNotFoundError,
    ConfigSyntaxError,
    DangerousCspError,
    InvalidValueError,
    MissingAssetsError,
    MissingKeyError,
    MissingMainError,
    TwoConfigsError,
    UnknownKeyError,
)

PROJECT = """\
[project]
name = "my-notes"
version = "1.2.3"
description = "Notes"
license = {text = "MIT"}
authors = [{name = "Ada"}, {name = "Bob"}]
urls = {Homepage = "https://example.org"}
"""


def write(root: Path, **files: str) -> Path:
    names = {"toml": "millennium.toml", "pyproject": "pyproject.toml", "rc": ".millenniumrc"}
    for name, text in files.items():
        (root / names.get(name, name)).write_text(text, "utf-8")
    return root


def load(root: Path, platform: str = "linux") -> LoadedConfig:
    return load_config(root, platform=platform)


def test_pyproject_alone_is_enough(tmp_path: Path) -> None:
    loaded = load(write(tmp_path, pyproject='[tool.millennium]\nidentifier = "org.example.x"'))

    assert loaded.config.identifier == "org.example.x"
    assert loaded.config.build.dist_dir == "ui"
    assert [window.label for window in loaded.config.windows] == ["main"]
    assert (loaded.root, loaded.path) == (tmp_path, tmp_path / "pyproject.toml")


def test_the_project_table_gives_defaults(tmp_path: Path) -> None:
    config = load(write(tmp_path, pyproject=PROJECT, toml='identifier = "a.b"')).config

    assert config.product_name == "my-notes"
    assert config.version == "1.2.3"
    assert config.description == "Notes"
    assert config.license == "MIT"
    assert config.publisher == "Ada"
    assert config.homepage == "https://example.org"


def test_what_is_configured_wins_over_the_project_table(tmp_path: Path) -> None:
    text = f'{PROJECT}\n[tool.millennium]\nidentifier = "a.b"\nversion = "2.0"'

    assert load(write(tmp_path, pyproject=text)).config.version == "2.0"


def test_odd_project_tables_give_no_defaults(tmp_path: Path) -> None:
    text = '[project]\nname = 3\nlicense = 4\nauthors = []\nurls = "x"\n'

    config = load(write(tmp_path, pyproject=text, toml='identifier = "a.b"')).config
    assert (config.product_name, config.license, config.publisher) == ("", "", "")


def test_json5_is_written_in_camel_case(tmp_path: Path) -> None:
    text = "{ identifier: 'a.b', productName: 'Notes', /* x */ build: { distDir: 'page', }, }"
    config = load(write(tmp_path, rc=text)).config

    assert (config.product_name, config.build.dist_dir) == ("Notes", "page")


def test_isolation_without_its_folder_is_refused(tmp_path: Path) -> None:
    text = "{ identifier: 'a.b', security: { pattern: { use: 'isolation' } } }"
    with pytest.raises(InvalidValueError, match="needs the folder") as caught:
        load(write(tmp_path, rc=text))
    assert caught.value.code == "config.invalid_value"
    assert "dir = " in caught.value.help


@pytest.mark.parametrize(
    "text",
    ["{millennium: 3}", "{millennium: {windows: 3, bundle: 4}}", "{windows: [3]}"],
)
def test_odd_nested_tables_are_refused_by_their_types(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError):
        load(write(tmp_path, rc=text))


def test_an_error_in_a_nested_table_names_its_place(tmp_path: Path) -> None:
    text = "{\n millennium: {\n  bundle: { identifier: 'a.b' },\n  windows: [{ width: 'x' }] } }"
    with pytest.raises(InvalidValueError) as caught:
        load(write(tmp_path, rc=text))

    assert str(caught.value.location) == f"{tmp_path}/.millenniumrc:4:15"


@pytest.mark.parametrize(
    ("one", "other"),
    [("toml", "pyproject"), ("toml", "rc"), ("rc", "pyproject"), ("rc", ".millenniumrc.json")],
)
def test_two_places_are_refused_by_name(tmp_path: Path, one: str, other: str) -> None:
    texts = {"pyproject": '[tool.millennium]\nidentifier = "a.b"'}
    write(tmp_path, **{one: texts.get(one, ""), other: texts.get(other, "")})
    with pytest.raises(TwoConfigsError) as caught:
        load(tmp_path)

    assert caught.value.code == "config.two_files"
    assert " and " in caught.value.message


def test_a_pyproject_of_something_else_does_not_count(tmp_path: Path) -> None:
    loaded = load(write(tmp_path, pyproject=PROJECT, toml='identifier = "a.b"'))

    assert loaded.path.name == "millennium.toml"


def test_a_project_is_found_from_inside(tmp_path: Path) -> None:
    write(tmp_path, toml='identifier = "a.b"')
    inner = tmp_path / "src" / "pkg"
    inner.mkdir(parents=True)
    (inner / "pyproject.toml").write_text("[project]", "utf-8")

    assert find_project(inner).root == tmp_path


def test_no_project_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigNotFoundError) as caught:
        find_project(tmp_path)
    assert "millennium init" in caught.value.help


@pytest.mark.parametrize(
    ("platform", "name"),
    [("linux", "L"), ("darwin", "M"), ("macos", "M"), ("win32", "base")],
)
def test_the_overlay_of_the_platform_is_merged(tmp_path: Path, platform: str, name: str) -> None:
    write(
        tmp_path,
        toml='identifier = "a.b"\nproduct-name = "base"\n[build]\nmain = "x.py"',
        **{
            "millennium.linux.toml": 'product-name = "L"\n[build]\ndist-dir = "l"',
            "millennium.macos.toml": 'product-name = "M"',
        },
    )
    config = load(tmp_path, platform).config

    assert config.product_name == name
    assert config.build.main == "x.py"


def test_an_overlay_may_be_a_table_of_pyproject(tmp_path: Path) -> None:
    text = """[tool.millennium]
identifier = "a.b"
[tool.millennium.platform.linux.build]
dist-dir = "l"
"""
    write(tmp_path, pyproject=text)

    assert load(tmp_path).config.build.dist_dir == "l"
    assert load(tmp_path, "windows").config.build.dist_dir == "ui"
    assert load(tmp_path).locate("build", "dist-dir").line == 4


def test_a_platform_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    text = '[tool.millennium]\nidentifier = "a.b"\n[tool.millennium.platform.beos]\nversion = "1"'
    with pytest.raises(InvalidValueError, match="beos") as caught:
        load(write(tmp_path, pyproject=text))
    assert caught.value.location is not None
    assert caught.value.location.line == 3


@pytest.mark.parametrize(
    "name", [".millenniumrc.linux", ".linux.millenniumrc", "linux.millenniumrc"]
)
def test_an_overlay_of_json5_has_its_names(tmp_path: Path, name: str) -> None:
    write(tmp_path, rc="{identifier: 'a.b'}", **{name: "{version: '9', description: null}"})

    assert load(tmp_path).config.version == "9"


@pytest.mark.parametrize(
    "base",
    [
        {"rc": "{identifier: 'a.b'}", ".millenniumrc.linux": "{}"},
        {"pyproject": "[tool.millennium]\nidentifier = 'a.b'\nplatform.linux.version = '1'"},
    ],
    ids=["files", "table-and-file"],
)
def test_two_overlays_are_refused(tmp_path: Path, base: dict[str, str]) -> None:
    write(tmp_path, **base, **{"millennium.linux.toml": ""})
    with pytest.raises(TwoConfigsError):
        load(tmp_path)


def test_no_environment_variable_has_a_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILLENNIUM_CONFIG", '{"identifier":"evil.app"}')
    write(tmp_path, toml='identifier = "a.b"')

    assert load(tmp_path).config.identifier == "a.b"


@pytest.mark.parametrize(
    ("text", "error", "message", "place"),
    [
        ('identifiers = "a.b"', UnknownKeyError, "unknown key 'identifiers'", ":1:1"),
        ("identifier = 3", InvalidValueError, "identifier: takes text, not a whole number", ":1:1"),
        ('x = "', ConfigSyntaxError, "not TOML", ""),
        ("a = 1\nb = = 2", ConfigSyntaxError, "not TOML", ":2:5"),
        ('identifier = "a.b"\n[[windows]]\nwidth = "3"', InvalidValueError, "windows[0].width", ":3:1"),
        ('identifier = "a.b"\n[security]\ncsp = "script-src *"', DangerousCspError, "security.csp", ":3:1"),
        ('identifier = "a.b"\n[allowlist.shell]\nscope = [{cmd = "x"}]', MissingKeyError,
         "allowlist.shell.scope[0].name", ":3:10"),
        ('identifier = "a.b"\n[plugins]\nx = 3', InvalidValueError, "plugins", ":2:1"),
        ("[build]", MissingKeyError, "the key 'identifier' is missing", ""),
        ('identifier = "a.b"\nwhen = 1979-05-27', UnknownKeyError, "when", ":2:1"),
        ('identifier = 1979-05-27', InvalidValueError, "identifier", ":1:1"),
    ],
    ids=["unknown", "type", "unclosed", "syntax", "item", "csp", "field", "map", "missing", "date",
         "date-value"],
)  # fmt: skip
def test_an_error_names_file_line_and_column(
    tmp_path: Path, text: str, error: type[ConfigError], message: str, place: str
) -> None:
    with pytest.raises(error) as caught:
        load(write(tmp_path, toml=text))

    assert message in caught.value.message
    assert str(caught.value.location) == f"{tmp_path / 'millennium.toml'}{place}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('identifier = "a.b"\n[[windows]]\nx = "3"', "takes a number, not text"),
        ('identifier = "a.b"\n[build]\ninclude = 3', "takes a list, not a whole number"),
        ('identifier = "a.b"\n[build]\ncompile = "all"', "invalid enum value 'all'"),
    ],
    ids=["optional", "list", "choice"],
)
def test_a_wrong_type_is_said_in_words(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        load(write(tmp_path, toml=text))
    assert caught.value.message.endswith(said)
    assert "config schema" in caught.value.help


def test_an_error_in_a_default_points_to_the_project_table(tmp_path: Path) -> None:
    text = '[project]\nname = "a"\nversion = "not one"'
    with pytest.raises(InvalidValueError) as caught:
        load(write(tmp_path, pyproject=text, toml='identifier = "a.b"'))

    assert str(caught.value.location) == f"{tmp_path}/pyproject.toml:3:1"


@pytest.mark.parametrize(
    ("text", "line"), [("{a: 1,\n b: }", 2), ("{a: 1, a: 2}", 0), ("[1]", 0), ("", 0)]
)
def test_what_is_not_json5_is_said(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(ConfigSyntaxError) as caught:
        load(write(tmp_path, rc=text))
    assert caught.value.location is not None
    assert caught.value.location.line == line
    assert caught.value.help


def test_json5_without_its_reader_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "json5", None)
    with pytest.raises(ConfigNotFoundError) as caught:
        load(write(tmp_path, rc="{}"))
    assert "millennium-build" in caught.value.help


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "millennium.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigSyntaxError, match="UTF-8"):
        load(tmp_path)


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    (tmp_path / "millennium.toml").write_bytes(b"#" * (4 * 1024 * 1024 + 1))
    with pytest.raises(ConfigSyntaxError, match="larger"):
        load(tmp_path)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    files = find_project(write(tmp_path, toml='identifier = "a.b"'))
    files.config.unlink()
    with pytest.raises(ConfigNotFoundError, match="cannot be read"):
        read_base(files)


def test_warnings_say_what_is_probably_not_meant(tmp_path: Path) -> None:
    text = 'identifier = "a.b"\n[allowlist]\nall = true\n[allowlist.shell]\nexecute = true'

    assert len(load(write(tmp_path, toml=text)).warnings) == 2


def test_the_folder_with_the_page_must_exist(tmp_path: Path) -> None:
    loaded = load(write(tmp_path, toml='identifier = "a.b"\n[build]\ndist-dir = "page"'))
    with pytest.raises(MissingAssetsError) as caught:
        require_assets(loaded)
    (tmp_path / "page").mkdir()

    assert caught.value.code == "config.missing_assets"
    assert str(caught.value.location).endswith("millennium.toml:3:1")
    assert require_assets(loaded) == (tmp_path / "page").resolve()
    assert require_assets(loaded, folder=".") == tmp_path.resolve()


def test_the_file_that_starts_the_app_is_found_or_said(tmp_path: Path) -> None:
    loaded = load(write(tmp_path, pyproject=PROJECT, toml='identifier = "a.b"'))
    with pytest.raises(MissingMainError):
        require_main(loaded)
    (tmp_path / "app.py").write_text("", "utf-8")
    assert require_main(loaded) == tmp_path / "app.py"
    (tmp_path / "src" / "my_notes").mkdir(parents=True)
    (tmp_path / "src" / "my_notes" / "__main__.py").write_text("", "utf-8")
    assert find_main(loaded) == tmp_path / "src/my_notes/__main__.py"


def test_a_written_main_is_the_only_one(tmp_path: Path) -> None:
    loaded = load(write(tmp_path, toml='identifier = "a.b"\n[build]\nmain = "x.py"'))
    (tmp_path / "app.py").write_text("", "utf-8")

    assert find_main(loaded) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(
    st.dictionaries(
        st.sampled_from(["product-name", "version", "description", "publisher"]),
        st.sampled_from(["1", "2.0", "3.1.4"]),
    ),
    st.dictionaries(
        st.sampled_from(["product-name", "version", "license"]), st.sampled_from(["7", "8"])
    ),
)
def test_an_overlay_wins_key_by_key(
    tmp_path: Path, base: dict[str, str], overlay: dict[str, str]
) -> None:
    lines = [f'{key} = "{value}"' for key, value in {"identifier": "a.b", **base}.items()]
    changed = "\n".join(f'{key} = "{value}"' for key, value in overlay.items())
    write(tmp_path, toml="\n".join(lines), **{"millennium.linux.toml": changed})
    config = load(tmp_path).config

    expected = {**base, **overlay}
    assert config.product_name == expected.get("product-name", "")
    assert config.version == expected.get("version", "0.1.0")
    assert config.license == expected.get("license", "")
