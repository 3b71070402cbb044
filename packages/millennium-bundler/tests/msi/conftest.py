"""A product, its rows and its database."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from millennium_bundler.formats.msi import MsiFormat
from millennium_bundler.msi.database import Database
from millennium_bundler.msi.package import make_database
from millennium_bundler.msi.product import Product
from millennium_bundler.settings import Manifest

MakeProduct = Callable[..., Product]
MakeDatabase = Callable[..., Database]


@pytest.fixture
def make_product(make_windows_manifest: Callable[..., Manifest]) -> MakeProduct:
    """Makes a product of a manifest with changes."""

    def make(**changes: object) -> Product:
        return MsiFormat()._plan(make_windows_manifest(**changes)).product

    return make


@pytest.fixture
def make_rows(make_product: MakeProduct) -> Callable[..., dict[str, list[dict[str, object]]]]:
    """Makes the rows of a manifest with changes: by table, as objects."""
    from millennium_bundler.msi.schema import tables

    def make(**changes: object) -> dict[str, list[dict[str, object]]]:
        found = make_database(make_product(**changes)).tables
        names = {name: [column.name for column in tables()[name].columns] for name in found}
        return {
            name: [dict(zip(names[name], row, strict=True)) for row in rows]
            for name, rows in found.items()
        }

    return make
