"""The context is made of a project's folder, or comes back from what was baked."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from millennium.assets.embedded import embed
from millennium.assets.key import AssetKey
from millennium.context import (
    BAKED_MODULE,
    MAX_ICON_BYTES,
    Context,
    context_from_baked,
    context_to_bytes,
    find_context,
)
from millennium.errors import ConfigNotFoundError, ContextError, MissingAssetsError
from millennium.security.origin import OWN_ORIGINS, Origin

CONFIG = """\
identifier = "org.example.notes"
[build]
dev-path = "{dev_path}"
[allowlist.fs]
read-file = true
scope = ["$DOCUMENT/**"]
[security]
csp = "default-src 'self'"
dev-csp = "{dev_csp}"
"""


def project(root: Path, *, dev_path: str = "", dev_csp: str = "") -> Path:
    (root / "ui").mkdir(exist_ok=True)
    (root / "ui" / "index.html").write_text("<script>a</script>", "utf-8")
    (root / "capabilities").mkdir(exist_ok=True)
    (root / "capabilities" / "main.toml").write_text('permissions = ["app:*"]', "utf-8")
    text = CONFIG.format(dev_path=dev_path, dev_csp=dev_csp)
    (root / "millennium.toml").write_text(text, "utf-8")
    return root


def baked(context: Context) -> Context:
    blobs = dict(embed(context.assets))
    return context_from_baked(context_to_bytes(context), blobs.__getitem__, icon=context.icon)


@pytest.mark.parametrize(
    ("name", "is_served"),
    [
        ("core.js", True),
        ("fs.js", True),
        ("dialog.js", False),
        ("../bootstrap/page.js", False),
        ("fs", False),
    ],
)
def test_the_pages_modules_are_those_that_are_on(
    tmp_path: Path, name: str, *, is_served: bool
) -> None:
    context = Context.development(project(tmp_path))

    assert (context.api_source(name) is not None) == is_served


def test_a_folder_is_a_context(tmp_path: Path) -> None:
    context = Context.development(project(tmp_path))

    assert context.is_development
    assert context.root == tmp_path
    assert context.capabilities[0].permissions == ("app:*",)
    assert list(context.assets.keys()) == ["index.html"]
    assert context.own_origins == OWN_ORIGINS


def test_a_context_comes_back_from_the_bytes_it_was_baked_to(tmp_path: Path) -> None:
    source = Context.development(project(tmp_path))
    found = baked(source)

    assert found.config == source.config
    assert found.capabilities == source.capabilities
    assert found.assets.get(AssetKey("index.html")) == source.assets.get(AssetKey("index.html"))
    assert (found.mode, found.root, found.dev_url) == ("release", None, "")


@pytest.mark.parametrize(
    ("build", "count"), [("", 0), ("with-global-millennium = true\n", 1)], ids=["plain", "wanted"]
)
def test_pages_have_a_global_only_where_the_app_wants_it(
    tmp_path: Path, build: str, count: int
) -> None:
    project(tmp_path)
    text = CONFIG.format(dev_path="", dev_csp="").replace("[build]\n", f"[build]\n{build}")
    (tmp_path / "millennium.toml").write_text(text, "utf-8")
    developed = Context.development(tmp_path)
    page = developed.assets.get(AssetKey("index.html"))

    assert page is not None
    assert page.data.count(b'"__MILLENNIUM__"') == count
    assert page.data.count(b"import * as fs") == count
    assert b"import * as dialog" not in page.data
    assert baked(developed).assets.get(AssetKey("index.html")) == page


def test_the_same_context_gives_the_same_bytes(tmp_path: Path) -> None:
    project(tmp_path)

    assert context_to_bytes(Context.development(tmp_path)) == context_to_bytes(
        Context.development(tmp_path)
    )


@pytest.mark.parametrize(
    "meta",
    [b"", b"{}", b"[]", b'{"format":1,"config":{},"capabilities":[]}',
     b'{"format":2,"config":{"identifier":"a.b"},"capabilities":[]}'],
    ids=["empty", "no-keys", "list", "no-identifier", "format"],
)  # fmt: skip
def test_what_was_not_baked_is_refused(meta: bytes) -> None:
    with pytest.raises(ContextError) as caught:
        context_from_baked(meta, lambda key: b"")
    assert caught.value.code == "context.damaged"


def test_a_development_server_is_trusted_in_development_only(tmp_path: Path) -> None:
    context = Context.development(project(tmp_path, dev_path="http://localhost:5173"))
    server = Origin("http", "localhost", 5173)

    assert context.dev_origin == server
    assert context.own_origins == OWN_ORIGINS | {server}
    assert baked(context).dev_origin is None
    assert baked(context).own_origins == OWN_ORIGINS


def test_with_a_server_the_built_page_need_not_exist(tmp_path: Path) -> None:
    project(tmp_path, dev_path="http://localhost:5173")
    (tmp_path / "ui" / "index.html").unlink()
    (tmp_path / "ui").rmdir()

    assert list(Context.development(tmp_path).assets.keys()) == []


def test_development_may_have_a_folder_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev" / "a.txt").write_text("a", "utf-8")

    context = Context.development(project(tmp_path, dev_path="dev"))
    assert list(context.assets.keys()) == ["a.txt"]


def test_a_missing_page_is_said(tmp_path: Path) -> None:
    with pytest.raises(MissingAssetsError):
        Context.development(project(tmp_path, dev_path="nowhere"))


def test_development_may_have_a_policy_of_its_own(tmp_path: Path) -> None:
    context = Context.development(project(tmp_path, dev_csp="img-src *"))

    assert "img-src *" in context.policy.header()
    assert "img-src" not in baked(context).policy.header()
    same = Context.development(project(tmp_path))
    assert same.policy.header() == baked(context).policy.header()


def test_from_source_the_context_is_that_of_the_main_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project(tmp_path)
    main = ModuleType("__main__")
    main.__file__ = str(tmp_path / "src" / "app.py")
    monkeypatch.setitem(sys.modules, "__main__", main)

    assert find_context().root == tmp_path


def test_without_a_main_file_it_is_that_of_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigNotFoundError):
        find_context()


class TestFrozen:
    """In an executable the baked module is asked, and nothing else."""

    @pytest.fixture(autouse=True)
    def frozen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "frozen", True, raising=False)

    def bake(self, monkeypatch: pytest.MonkeyPatch, found: object) -> None:
        module = ModuleType(BAKED_MODULE)
        module.__dict__["load"] = lambda: found
        monkeypatch.setitem(sys.modules, BAKED_MODULE, module)

    def test_the_baked_context_is_found(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        context = baked(Context.development(project(tmp_path)))
        self.bake(monkeypatch, context)

        assert find_context() is context

    def test_no_context_is_an_error(self) -> None:
        with pytest.raises(ContextError, match="no context of its own"):
            find_context()

    def test_something_else_is_an_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bake(monkeypatch, object())
        with pytest.raises(ContextError, match="returned no context"):
            find_context()


def test_the_isolation_scripts_are_baked(tmp_path: Path) -> None:
    root = project(tmp_path)
    pattern = '\n[security.pattern]\nuse = "isolation"\noptions = { dir = "isolation" }\n'
    with (root / "millennium.toml").open("a", encoding="utf-8") as file:
        file.write(pattern)
    (root / "isolation").mkdir()
    (root / "isolation" / "index.html").write_text("<script>hook</script>", "utf-8")
    context = Context.development(root)

    assert context.hooks == ("hook",)
    assert baked(context).hooks == ("hook",)


def test_without_the_pattern_no_folder_is_read(tmp_path: Path) -> None:
    assert Context.development(project(tmp_path)).hooks == ()


@pytest.mark.parametrize(
    ("icons", "shown"),
    [
        ('["a.svg", "b.png", "c.png"]', b"b"),
        ('["none.png", "c.png"]', b"c"),
        ('["large.png", "a.svg"]', b""),
        ("[]", b""),
    ],
    ids=["the first PNG", "the first that is there", "none that is small", "none at all"],
)
def test_windows_have_the_first_icon_they_can_show(
    tmp_path: Path, icons: str, shown: bytes
) -> None:
    root = project(tmp_path)
    for name, data in {"a.svg": b"a", "b.png": b"b", "c.png": b"c"}.items():
        (root / name).write_bytes(data)
    (root / "large.png").write_bytes(bytes(MAX_ICON_BYTES + 1))
    with (root / "millennium.toml").open("a") as file:
        file.write(f"\n[bundle]\nicon = {icons}\n")
    context = Context.development(root)
    assert context.icon == shown
    assert baked(context).icon == shown
