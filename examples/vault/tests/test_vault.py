"""The commands of Vault, called as its page calls them: sealed where they are sealed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from millennium.testing import MockApp, assert_refused, invoke, mock_app
from vault.__main__ import PASSPHRASE, app


@pytest.fixture
def vault() -> Iterator[MockApp]:
    with mock_app(app, security={"sealed-commands": True}) as running:
        yield running


def test_names_are_no_secret(vault: MockApp) -> None:
    assert invoke(vault, "names") == ["Bank", "Garden gate", "Mail"]


def test_the_passphrase_shows_a_secret(vault: MockApp) -> None:
    assert invoke(vault, "reveal", name="Mail", passphrase=PASSPHRASE) == "blue-horse-42"


@pytest.mark.parametrize(
    ("name", "passphrase", "code"),
    [("Mail", "guess", "vault.wrong"), ("Nobody", PASSPHRASE, "vault.unknown")],
    ids=["wrong passphrase", "unknown name"],
)
def test_anything_else_does_not(vault: MockApp, name: str, passphrase: str, code: str) -> None:
    with assert_refused(code):
        invoke(vault, "reveal", name=name, passphrase=passphrase)


def test_a_forgotten_secret_is_gone(vault: MockApp) -> None:
    assert "Garden gate" not in invoke(vault, "forget", forgotten=["Garden gate"])
