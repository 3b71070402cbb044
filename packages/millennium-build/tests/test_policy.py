"""The final policy is explained: where each source comes from, what it allows, what is odd."""

from __future__ import annotations

from pathlib import Path

import pytest

from millennium.config.load import load_config
from millennium_build.errors import UsageError
from millennium_build.policy import FRAME, Explanation, explain_policy

PAGE = "<!doctype html>\n<title>x</title>\n<script>a</script>\n<style>p{}</style>\n"
CONFIG = '[tool.millennium]\nidentifier = "org.example.app"\n\n[tool.millennium.security]\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "ui").mkdir()
    (tmp_path / "ui" / "index.html").write_text(PAGE, "utf-8")
    (tmp_path / "ui" / "main.js").write_text("", "utf-8")
    configure(tmp_path, "")
    return tmp_path


def configure(root: Path, security: str) -> None:
    (root / "pyproject.toml").write_text(CONFIG + security, "utf-8")


def explain(root: Path, security: str = "", *, page: str = "", is_dev: bool = False) -> Explanation:
    configure(root, security)
    return explain_policy(load_config(root, platform="linux"), page=page, is_dev=is_dev)


def origins(found: Explanation, directive: str) -> dict[str, str]:
    (one,) = (each for each in found.directives if each.name == directive)
    return {source.text[:11]: source.origin for source in one.sources}


def test_the_default_policy_is_named_so(root: Path) -> None:
    found = explain(root)

    assert origins(found, "frame-ancestors") == {"'none'": "default policy"}
    assert origins(found, "script-src")["'self'"] == "as default-src"
    assert found.warnings == ()


def test_hashes_name_what_they_are_of(root: Path) -> None:
    found = explain(root)
    texts = [source.origin for each in found.directives for source in each.sources]

    assert "inline script, index.html:3" in texts
    assert "inline style, index.html:4" in texts
    assert "import map of the build, index.html:1" in texts


def test_what_is_configured_names_its_line(root: Path) -> None:
    found = explain(root, "csp = \"default-src 'self' https://a.org; img-src https://b.org\"\n")

    assert origins(found, "img-src") == {"https://b.o": "pyproject.toml:5:1"}
    assert origins(found, "default-src")["'self'"] == "pyproject.toml:5:1"
    assert origins(found, "script-src")["https://a.o"] == "as default-src"
    assert origins(found, "base-uri") == {"'self'": "default policy"}


def test_what_the_bridge_needs_is_named(root: Path) -> None:
    found = explain(root, 'csp = "connect-src https://a.org"\n')

    assert origins(found, "connect-src")["'self'"].startswith("the bridge: ")
    assert origins(found, "script-src")["'self'"] == "default policy"


def test_the_policy_of_development_has_its_own_line(root: Path) -> None:
    security = 'csp = "img-src \'self\'"\ndev-csp = "img-src https://dev.org"\n'

    assert origins(explain(root, security, is_dev=True), "img-src") == {
        "https://dev": "pyproject.toml:6:1"
    }
    assert origins(explain(root, security), "img-src") == {"'self'": "pyproject.toml:5:1"}
    assert explain(root, is_dev=True) == explain(root)


def test_a_nonce_names_the_pages_that_have_a_place_for_it(root: Path) -> None:
    (root / "ui" / "nonce.html").write_text("<script nonce src=main.js></script>", "utf-8")
    found = explain(root)

    assert origins(found, "script-src")["'nonce-…'"] == "each response, in nonce.html"
    assert "'nonce-…'" not in explain(root, page="index.html").header


def test_the_isolation_frame_is_named(root: Path) -> None:
    found = explain(root, 'pattern = { use = "isolation", options = { dir = "hooks" } }\n')

    assert origins(found, "frame-src")[FRAME[:11]] == "the isolation frame, new in each session"
    assert origins(found, "frame-src")["'self'"] == "as default-src"


def test_one_page_is_explained_alone(root: Path) -> None:
    (root / "ui" / "about.html").write_text("<script>b</script>", "utf-8")
    one, all_pages = explain(root, page="about.html"), explain(root)

    assert (one.pages, all_pages.pages) == (("about.html",), ("about.html", "index.html"))
    assert one.header.count("'sha256-") == 2
    assert all_pages.header.count("'sha256-") == 4


def test_a_page_that_is_none_is_an_error(root: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no page 'x\.html' in ui") as caught:
        explain(root, page="x.html")
    assert caught.value.help == "pages: index.html"


def test_a_folder_elsewhere_is_shown_whole(root: Path) -> None:
    (root / "elsewhere").mkdir()
    (root / "app").mkdir()
    (root / "app" / "ui").symlink_to(root / "elsewhere")
    with pytest.raises(UsageError, match=f"no page 'x' in {root}/elsewhere") as caught:
        explain(root / "app", page="x")
    assert caught.value.help == "pages: none"


@pytest.mark.parametrize(
    ("security", "warning"),
    [
        ("csp = \"script-src 'unsafe-eval'\"\ndangerous-script-sources = [\"'unsafe-eval'\"]\n",
         "script-src 'unsafe-eval': an injected script would run"),
        ('csp = "script-src https://cdn.org"\n',
         "script-src https://cdn.org: who controls that address runs code in the page"),
        ('csp = "connect-src http://a.org"\n',
         "connect-src http://a.org: everybody on the way can change it; use https"),
        ('csp = "img-src *"\n', "img-src *: an injected element could tell anybody what it finds"),
        ("csp = \"style-src 'unsafe-inline'\"\n",
         "style-src is left as written: it has no hashes of what is inline in pages"),
        ("csp = \"style-src 'unsafe-inline'\"\n",
         "style-src 'unsafe-inline': an injected style can read what the page shows, bit by bit"),
        ("dangerous-disable-asset-csp-modification = ['script-src']\n",
         "script-src is left as written: it has no hashes of what is inline in pages"),
        ("csp = \"frame-ancestors 'self'\"\n",
         "frame-ancestors is not 'none': other pages may show this one in a frame"),
    ],
)  # fmt: skip
def test_what_an_attacker_would_like_is_said(root: Path, security: str, warning: str) -> None:
    assert warning in explain(root, security).warnings


def test_nothing_is_said_of_code_that_is_not_there(root: Path) -> None:
    (root / "ui" / "index.html").write_text("<p>x", "utf-8")

    assert (
        explain(root, "dangerous-disable-asset-csp-modification = ['style-src']\n").warnings == ()
    )


def test_a_hash_whose_place_is_not_found_names_its_page(root: Path) -> None:
    odd = "<script data-a='>'>a</script><style data-a='>'>p{}</style>"
    (root / "ui" / "index.html").write_text(odd, "utf-8")
    texts = [source.origin for each in explain(root).directives for source in each.sources]

    assert "inline script, index.html" in texts
    assert "inline style, index.html" in texts
