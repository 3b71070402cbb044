"""From a product to its database: all rows, checked, with the codes of their content."""

from __future__ import annotations

from millennium_bundler.errors import FormatError
from millennium_bundler.msi.checks import Problem, check_rows
from millennium_bundler.msi.codes import digest, guid
from millennium_bundler.msi.database import Database
from millennium_bundler.msi.dialog_rules import check_dialogs
from millennium_bundler.msi.integration import ICON, add_integration
from millennium_bundler.msi.lifecycle import SECURE, add_lifecycle
from millennium_bundler.msi.payload import add_payload
from millennium_bundler.msi.product import Product
from millennium_bundler.msi.rows import Rows
from millennium_bundler.msi.rules import MAX_PRODUCT_NAME_CHARS, check_rules
from millennium_bundler.msi.schema import VALIDATION, Row, validation_rows
from millennium_bundler.msi.sequences import add_sequences
from millennium_bundler.msi.string_pool import can_encode
from millennium_bundler.msi.summary import COMPRESSED, NO_ELEVATION, Summary
from millennium_bundler.msi.wizard import add_wizard

_UTF8 = 65001
_MAX_SHOWN = 8


def make_database(product: Product) -> Database:
    """Return the package's database.

    Raises:
        FormatError: A row, ours or a fragment's, breaks a rule of Windows Installer.
    """
    if len(product.settings.product_name) > MAX_PRODUCT_NAME_CHARS:
        message = f"an .msi takes a `product_name` of at most {MAX_PRODUCT_NAME_CHARS} characters"
        raise FormatError(message, code="msi.row", help="shorten it, or leave msi out")
    rows = Rows()
    streams = add_payload(rows, product)
    add_integration(rows, product)
    add_lifecycle(rows, product)
    add_wizard(rows, product)
    for fragment in product.fragments:
        for table, row in fragment.rows:
            rows.add_row(table, row)
    add_sequences(rows, product)
    content = digest(rows.tables(), streams)
    _add_properties(rows, product, content)
    names = tuple(sorted({*rows.tables(), VALIDATION}))
    for row in validation_rows(names):
        rows.add_row(VALIDATION, row)
    tables = rows.tables()
    code_page = _code_page(product, [cell for rows in tables.values() for cell in _texts(rows)])
    _check(tables, code_page)
    summary = _summary(product, guid("package", digest(tables, streams)), code_page)
    return Database(tables=tables, summary=summary, streams=streams, code_page=code_page)


def _add_properties(rows: Rows, product: Product, content: str) -> None:
    settings = product.settings
    scope, tag = product.msi.install_scope, product.language.tag
    code = guid("product", settings.identifier, product.version, scope, tag, content)
    values = {
        "Manufacturer": product.manufacturer,
        "ProductName": settings.product_name,
        "ProductVersion": product.version,
        "ProductLanguage": str(product.language.number),
        "ProductCode": code,
        "UpgradeCode": product.upgrade_code,
        # Files of an older version are replaced even where a number in them says otherwise.
        "REINSTALLMODE": "amus",
        "SecureCustomProperties": ";".join(SECURE),
        "ARPNOMODIFY": "1",
        "ARPURLINFOABOUT": settings.homepage,
        "ARPHELPLINK": settings.homepage,
        "ARPCONTACT": settings.email or settings.publisher,
        "ARPCOMMENTS": settings.description,
        "ARPPRODUCTICON": ICON if product.icon else "",
        "ALLUSERS": "" if product.is_per_user else "1",
    }
    for name, value in values.items():
        if value:
            rows.add("Property", Property=name, Value=value)


def _texts(rows: tuple[Row, ...]) -> list[str]:
    return [cell for row in rows for cell in row if isinstance(cell, str)]


def _code_page(product: Product, texts: list[str]) -> int:
    own = product.language.code_page
    return own if all(can_encode(text, own) for text in texts) else _UTF8


def _summary(product: Product, package_code: str, code_page: int) -> Summary:
    name = product.settings.product_name
    return Summary(
        subject=name,
        author=product.manufacturer,
        comments=f"This installer database contains what is needed to install {name}.",
        template=f"{product.machine.platform};{product.language.number}",
        package_code=package_code,
        schema=product.machine.schema,
        flags=COMPRESSED | (NO_ELEVATION if product.is_per_user else 0),
        date=product.tree.date,
        code_page=code_page,
    )


def _check(tables: dict[str, tuple[Row, ...]], code_page: int) -> None:
    problems: list[Problem] = list(check_rows(tables, code_page=code_page))
    if not problems:
        # These look into cells, which must be well-formed first.
        problems = [*check_rules(tables), *check_dialogs(tables)]
    if problems:
        shown = "\n".join(str(problem) for problem in problems[:_MAX_SHOWN])
        more = len(problems) - _MAX_SHOWN
        help_line = f"{shown}\nand {more} more" if more > 0 else shown
        rows_break = "1 row breaks" if len(problems) == 1 else f"{len(problems)} rows break"
        message = f"{rows_break} rules of Windows Installer"
        raise FormatError(message, code="msi.row", help=help_line)
