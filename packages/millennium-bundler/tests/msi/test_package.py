"""The rows of an app."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from millennium_bundler.errors import FormatError
from millennium_bundler.msi.package import make_database
from millennium_bundler.msi.product import Product
from millennium_bundler.tree import File
from millennium_bundler.webview_install import WebviewInstall
from millennium_bundler.windows_layout import plain_folder

MakeRows = Callable[..., dict[str, list[dict[str, Any]]]]
MakeProduct = Callable[..., Product]


def column(rows: list[dict[str, Any]], name: str) -> list[Any]:
    return [row[name] for row in rows]


def properties(rows: dict[str, list[dict[str, Any]]]) -> dict[str, str]:
    return {row["Property"]: row["Value"] for row in rows["Property"]}


def named(rows: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(row for row in rows if next(iter(row.values())) == name)


def test_every_file_is_a_component_of_its_own(make_rows: MakeRows):
    rows = make_rows()
    assert column(rows["File"], "Component_") == column(rows["File"], "File")
    assert column(rows["File"], "Sequence") == [1, 2]
    assert rows["Media"][0]["LastSequence"] == 2


def test_a_program_has_its_version_and_other_files_their_hash(make_rows: MakeRows):
    rows = make_rows()
    main = named(rows["File"], "MainExe")
    assert (main["Version"], main["Language"]) == ("1.2.3.0", "1033")
    [other] = [row for row in rows["File"] if row["File"] != "MainExe"]
    assert (other["Version"], column(rows["MsiFileHash"], "File_")) == (None, [other["File"]])


def test_folders_have_both_names(make_rows: MakeRows):
    folders = column(make_rows()["Directory"], "DefaultDir")
    assert "RESOUR~1|resources" in folders
    assert "DEEPFO~1|deep folder" in folders


def test_files_and_folders_of_a_folder_share_no_short_name(make_rows: MakeRows):
    files = [
        {"source": "words.json", "destination": place}
        for place in ("/resources one/a.json", "/resources two", "/resources three")
    ]
    rows = make_rows(files=files)
    names = [*column(rows["File"], "FileName"), *column(rows["Directory"], "DefaultDir")]
    shorts = [name.partition("|")[0] for name in names if name.startswith("RESOUR")]
    assert sorted(shorts) == ["RESOUR~1", "RESOUR~2", "RESOUR~3"]


@pytest.mark.parametrize(
    ("target", "folder", "bits"),
    [
        ("x86_64-windows-msvc", "ProgramFiles64Folder", 256),
        ("i686-windows-msvc", "ProgramFilesFolder", 0),
        ("aarch64-windows-msvc", "ProgramFiles64Folder", 256),
    ],
    ids=["x64", "x86", "arm64"],
)
def test_a_machine_has_its_folder_and_width(
    make_product: MakeProduct, target: str, folder: str, bits: int
):
    product = make_product()
    settings = dataclasses.replace(product.settings, target=target)
    database = make_database(dataclasses.replace(product, settings=settings))
    assert folder in [row[0] for row in database.tables["Directory"]]
    assert next(row[3] for row in database.tables["Component"] if row[0] == "MainExe") == bits


def test_one_user_has_values_of_his_own_as_keys(make_rows: MakeRows):
    rows = make_rows(msi={"install_scope": "per_user"})
    assert column(rows["Registry"], "Root") == [1] * len(rows["Registry"])
    assert "ALLUSERS" not in properties(rows)
    assert all(row["Attributes"] & 4 for row in rows["Component"])


def test_folders_of_one_user_are_removed_from_the_deepest(make_rows: MakeRows):
    removed = column(make_rows(msi={"install_scope": "per_user"})["RemoveFile"], "DirProperty")
    assert removed[0].startswith("D_deep_folder")
    assert removed[-2:] == ["INSTALLDIR", "UserPrograms"]


def test_the_machine_has_all_users(make_rows: MakeRows):
    assert properties(make_rows())["ALLUSERS"] == "1"


def test_documents_and_links_are_offered(make_rows: MakeRows):
    rows = make_rows(
        file_associations=[
            {"ext": ["MD"], "mime_type": "text/markdown", "description": "Note [draft]"}
        ],
        deep_link_schemes=["notes"],
    )
    values = {(row["Key"], row["Name"]): row["Value"] for row in rows["Registry"]}
    classes = "Software\\Classes"
    assert values[f"{classes}\\org.example.Hello.md", None] == "Note [\\[]draft[\\]]"
    assert values[f"{classes}\\org.example.Hello.md", "Content Type"] == "text/markdown"
    assert (f"{classes}\\.md\\OpenWithProgids", "org.example.Hello.md") in values
    assert (f"{classes}\\notes", "URL Protocol") in values
    command = values[f"{classes}\\notes\\shell\\open\\command", None]
    assert command == '"[#MainExe]" "%1"'


def test_no_text_passes_for_a_place_of_ours(make_rows: MakeRows):
    rows = make_rows(
        deep_link_schemes=["notes"], description='"[#MainExe]" [WindowsFolder]', product_name="N"
    )
    values = {row["Name"]: row["Value"] for row in rows["Registry"]}
    assert values["ApplicationDescription"] == '"[\\[]#MainExe[\\]]" [\\[]WindowsFolder[\\]]'


def test_a_text_that_starts_with_a_number_sign_stays_one(make_rows: MakeRows):
    rows = make_rows(file_associations=[{"ext": ["md"], "name": "#1 notes"}])
    assert "##1 notes" in column(rows["Registry"], "Value")


def test_an_app_without_documents_and_links_offers_nothing(make_rows: MakeRows):
    keys = column(make_rows()["Registry"], "Key")
    assert [key for key in keys if "Classes" in key or "Registered" in key] == []


def test_the_menu_knows_the_app_by_its_identifier(make_rows: MakeRows):
    [row] = make_rows()["MsiShortcutProperty"]
    assert (row["PropertyKey"], row["PropVariantValue"]) == (
        "System.AppUserModel.ID",
        "org.example.Hello",
    )


def test_shortcuts_are_where_they_are_wanted(make_rows: MakeRows):
    assert column(make_rows()["Shortcut"], "Directory_") == ["ProgramMenuFolder"]
    wanted = {"desktop_shortcut": True, "start_menu_folder": "My tools"}
    rows = make_rows(msi=wanted)
    assert column(rows["Shortcut"], "Directory_") == ["AppMenu", "DesktopFolder"]
    assert "MYTOOL~1|My tools" in column(rows["Directory"], "DefaultDir")


@pytest.mark.parametrize(
    ("scope", "name"), [("per_machine", "=-*PATH"), ("per_user", "=-PATH")], ids=str
)
def test_the_path_is_that_of_the_scope(make_rows: MakeRows, scope: str, name: str):
    rows = make_rows(msi={"add_to_path": True, "install_scope": scope})
    assert column(rows["Environment"], "Name") == [name]


def test_a_downgrade_is_refused_unless_it_is_allowed(make_rows: MakeRows):
    refused, allowed = make_rows(), make_rows(allow_downgrades=True)
    assert column(refused["Upgrade"], "VersionMax") == ["1.2.3", None]
    assert column(refused["Upgrade"], "Attributes") == [0x300, 2]
    assert column(refused["LaunchCondition"], "Condition") == ["NOT NEWERFOUND OR Installed"]
    assert column(allowed["Upgrade"], "VersionMax") == [None]
    assert "LaunchCondition" not in allowed


def test_the_codes_of_an_app_stay_and_those_of_its_content_do_not(make_rows: MakeRows):
    first, again, other = (
        properties(make_rows(**changes)) for changes in ({}, {}, {"description": "Other"})
    )
    assert first["ProductCode"] == again["ProductCode"] != other["ProductCode"]
    assert first["UpgradeCode"] == other["UpgradeCode"]


def test_an_upgrade_code_of_ones_own_is_taken(make_rows: MakeRows):
    code = "a32891dd-4065-5a06-a7c8-841fcb4784cd"
    found = properties(make_rows(msi={"upgrade_code": code}))["UpgradeCode"]
    assert found == f"{{{code.upper()}}}"


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("embed_bootstrapper", 0xC02), ("download_bootstrapper", 0xC22)],
    ids=["carried", "fetched"],
)
def test_webview2_is_installed_with_the_rights_of_the_machine(
    make_product: MakeProduct, mode: Any, kind: int
):
    webview = WebviewInstall(mode=mode, program=b"MZ" if mode == "embed_bootstrapper" else b"")
    database = make_database(dataclasses.replace(make_product(), webview=webview))
    actions = {row[0]: row for row in database.tables["CustomAction"]}
    sequence = {row[0]: row for row in database.tables["InstallExecuteSequence"]}
    assert actions["InstallWebview"][1] == kind
    assert "WEBVIEWOFMACHINE" in str(sequence["InstallWebview"][1])


def test_webview2_is_installed_with_the_rights_of_the_user(make_product: MakeProduct):
    product = make_product(msi={"install_scope": "per_user"})
    webview = WebviewInstall(mode="embed_bootstrapper", program=b"MZ", is_silent=False)
    database = make_database(dataclasses.replace(product, webview=webview))
    actions = {row[0]: row for row in database.tables["CustomAction"]}
    assert actions["InstallWebview"][1:4] == (0x402, "WebviewSetup", "/install")


def test_what_is_fetched_runs_only_when_microsoft_signed_it(make_product: MakeProduct):
    webview = WebviewInstall(mode="download_bootstrapper")
    database = make_database(dataclasses.replace(make_product(), webview=webview))
    script = {row[0]: row[1] for row in database.tables["Property"]}["WebviewScript"]
    assert "Get-AuthenticodeSignature" in str(script)
    assert "'/silent','/install'" in str(script)
    assert not set('"[]') & set(str(script))  # it stands between quotes; brackets are places


@pytest.mark.parametrize("mode", ["skip", "fixed_runtime"])
def test_nothing_runs_for_a_webview_that_is_there(make_product: MakeProduct, mode: Any):
    product = dataclasses.replace(make_product(), webview=WebviewInstall(mode=mode))
    actions = [row[0] for row in make_database(product).tables["CustomAction"]]
    assert "InstallWebview" not in actions


def test_the_app_is_started_at_the_end_if_wanted(make_rows: MakeRows):
    assert "LaunchApp" in column(make_rows()["CustomAction"], "Action")
    rows = make_rows(msi={"launch_after_install": False})
    assert "LaunchApp" not in column(rows["CustomAction"], "Action")


def test_without_a_licence_there_is_no_page_of_it(make_rows: MakeRows, tmp_path: Path):
    assert "LicenseDlg" not in column(make_rows()["Dialog"], "Dialog")
    (tmp_path / "LICENSE").write_text("Be kind")
    rows = make_rows(license_files=["LICENSE"])
    assert "LicenseDlg" in column(rows["Dialog"], "Dialog")


def test_texts_lie_in_the_code_page_of_the_language(make_product: MakeProduct):
    product = make_product(msi={"language": ["ja-JP"]})
    assert make_database(product).code_page == 932
    settings = dataclasses.replace(product.settings, product_name="Größe")
    assert make_database(dataclasses.replace(product, settings=settings)).code_page == 65001


def test_an_app_without_an_icon_has_none(make_rows: MakeRows):
    rows = make_rows(icons=[])
    assert "Icon" not in rows
    assert "ARPPRODUCTICON" not in properties(rows)


def test_rows_of_ones_own_are_checked_with_ours(make_rows: MakeRows, tmp_path: Path):
    row = '{"Registry": [{"Registry": "Beta", "Root": 9, "Key": "A", "Component_": "Nothing"}]}'
    (tmp_path / "own.json").write_text(row)
    with pytest.raises(FormatError, match="2 rows break rules") as caught:
        make_rows(msi={"fragment_paths": ["own.json"]})
    assert "Root is 9, not from -1 to 3" in caught.value.help
    assert "'Nothing', which Component lacks" in caught.value.help


def test_many_broken_rows_are_counted(make_rows: MakeRows, tmp_path: Path):
    rows = ",".join(f'{{"Property": "{number}", "Value": "x"}}' for number in range(9))
    (tmp_path / "own.json").write_text(f'{{"Property": [{rows}]}}')
    with pytest.raises(FormatError, match="9 rows") as caught:
        make_rows(msi={"fragment_paths": ["own.json"]})
    assert caught.value.help.endswith("and 1 more")


def test_an_action_of_ones_own_brings_what_it_needs(make_rows: MakeRows, tmp_path: Path):
    (tmp_path / "own.json").write_text(
        '{"IniFile": [{"IniFile": "I", "FileName": "app.ini", "Section": "s", "Key": "k", '
        '"Value": "v", "Action": 0, "Component_": "Settings"}]}'
    )
    rows = make_rows(msi={"fragment_paths": ["own.json"]})
    assert "WriteIniValues" in column(rows["InstallExecuteSequence"], "Action")


def test_a_publisher_is_the_second_word_of_the_identifier(make_rows: MakeRows):
    assert properties(make_rows(publisher=""))["Manufacturer"] == "example"


@pytest.mark.parametrize(
    ("name", "folder"),
    [("A/B: C", "A B C"), ("[x]", "x"), ("dots...", "dots"), ("a" * 70, "a" * 60), ("?", "")],
)
def test_a_folder_has_no_signs_that_windows_forbids(name: str, folder: str):
    assert plain_folder(name) == folder


def test_an_empty_file_has_no_hash(make_product: MakeProduct):
    product = make_product()
    product.tree.add(File(path="empty.txt", data=b""))
    assert len(make_database(product).tables["MsiFileHash"]) == 1
