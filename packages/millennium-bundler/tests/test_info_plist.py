"""Info.plist: what macOS reads about an app."""

from __future__ import annotations

import plistlib
from collections.abc import Callable
from typing import Any

import pytest

from millennium_bundler.errors import FormatError
from millennium_bundler.info_plist import (
    info_plist,
    lay_over,
    numbers_of,
    read_plist,
    write_plist,
)
from millennium_bundler.settings import Manifest

MakeManifest = Callable[..., Manifest]


def plist_of(make_manifest: MakeManifest, **changes: object) -> dict[str, object]:
    settings = make_manifest(**changes).settings
    return info_plist(settings, icon="icon.icns", oldest_system=(11, 0, 0), date=1_735_689_600)


def test_the_usual_keys_are_there(make_manifest: MakeManifest):
    plist = plist_of(make_manifest)
    assert plist == {
        "CFBundleDevelopmentRegion": "English",
        "CFBundleDisplayName": "Hello",
        "CFBundleExecutable": "hello",
        "CFBundleIconFile": "icon.icns",
        "CFBundleIdentifier": "org.example.Hello",
        "CFBundleInfoDictionaryVersion": "6.0",
        "CFBundleName": "Hello",
        "CFBundlePackageType": "APPL",
        "CFBundleShortVersionString": "1.2.3",
        "CFBundleVersion": "1.2.3",
        "CSResourcesFileMapped": True,
        "LSApplicationCategoryType": "public.app-category.utilities",
        "LSMinimumSystemVersion": "11.0",
        "LSRequiresCarbon": True,
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": "Copyright © 2025 Ada Lovelace",
    }


def listed(value: object) -> list[Any]:
    assert isinstance(value, list)
    return value


def test_a_build_may_have_a_number_of_its_own(make_manifest: MakeManifest):
    plist = plist_of(make_manifest, macos={"bundle_version": "4.5.6"})
    assert (plist["CFBundleVersion"], plist["CFBundleShortVersionString"]) == ("4.5.6", "1.2.3")


def test_a_document_type_of_the_apps_own_is_exported(make_manifest: MakeManifest):
    plist = plist_of(make_manifest, file_associations=[{"ext": ["hlo", "hl2"], "role": "viewer"}])
    [document] = listed(plist["CFBundleDocumentTypes"])
    [exported] = listed(plist["UTExportedTypeDeclarations"])
    assert document == {
        "CFBundleTypeExtensions": ["hlo", "hl2"],
        "CFBundleTypeName": "Hello document",
        "CFBundleTypeRole": "Viewer",
        "LSHandlerRank": "Owner",
        "LSItemContentTypes": ["org.example.Hello.hlo"],
    }
    assert exported["UTTypeIdentifier"] == "org.example.Hello.hlo"


def test_a_document_type_of_others_is_only_opened(make_manifest: MakeManifest):
    kinds = [{"ext": ["txt"], "mime_type": "text/plain", "name": "Text"}]
    plist = plist_of(make_manifest, file_associations=kinds)
    [document] = listed(plist["CFBundleDocumentTypes"])
    assert document["LSHandlerRank"] == "Alternate"
    assert document["CFBundleTypeMIMETypes"] == ["text/plain"]
    assert "UTExportedTypeDeclarations" not in plist


def test_an_own_type_has_its_mime_type(make_manifest: MakeManifest):
    kinds = [{"ext": ["hlo"], "mime_type": "application/x-hello"}]
    plist = plist_of(make_manifest, file_associations=kinds)
    [exported] = listed(plist["UTExportedTypeDeclarations"])
    assert exported["UTTypeTagSpecification"]["public.mime-type"] == ["application/x-hello"]


def test_links_of_the_app_are_named(make_manifest: MakeManifest):
    plist = plist_of(make_manifest, deep_link_schemes=["hello"])
    [link] = listed(plist["CFBundleURLTypes"])
    assert link["CFBundleURLSchemes"] == ["hello"]


def test_a_domain_may_be_spoken_to_without_tls(make_manifest: MakeManifest):
    plist = plist_of(make_manifest, macos={"exception_domain": "example.org"})
    domains = plist["NSAppTransportSecurity"]["NSExceptionDomains"]  # type: ignore[index]  # a dictionary
    assert domains["example.org"]["NSExceptionAllowsInsecureHTTPLoads"] is True


@pytest.mark.parametrize(
    ("wanted", "said"),
    [("12.3", "12.3"), ("10.15", "11.0"), ("", "11.0"), ("13.0.1", "13.0.1"), ("14", "14.0")],
    ids=["newer", "older", "default", "three numbers", "one number"],
)
def test_the_oldest_system_is_no_older_than_the_executable_takes(
    make_manifest: MakeManifest, wanted: str, said: str
):
    plist = plist_of(make_manifest, macos={"minimum_system_version": wanted})
    assert plist["LSMinimumSystemVersion"] == said


def test_the_oldest_system_may_be_left_out(make_manifest: MakeManifest):
    plist = plist_of(make_manifest, macos={"minimum_system_version": "none"})
    assert "LSMinimumSystemVersion" not in plist


def test_without_an_icon_none_is_named(make_manifest: MakeManifest):
    settings = make_manifest().settings
    plist = info_plist(settings, icon="", oldest_system=(0, 0, 0), date=0)
    assert "CFBundleIconFile" not in plist


@pytest.mark.parametrize(
    ("version", "numbers"),
    [("1.2.3", "1.2.3"), ("1.2.3-rc.1", "1.2.3"), ("1", "1"), ("1.02.3.4", "1.2.3"), ("2+a", "2")],
    ids=["plain", "candidate", "one", "four", "build"],
)
def test_apple_takes_only_numbers_of_a_version(version: str, numbers: str):
    assert numbers_of(version) == numbers


def test_the_users_own_keys_are_laid_over():
    below: dict[str, object] = {"a": {"b": 1, "c": 2}, "d": [1]}
    assert lay_over(below, {"a": {"b": 3}, "d": [2], "e": 4}) == {
        "a": {"b": 3, "c": 2},
        "d": [2],
        "e": 4,
    }


def test_the_same_executable_may_be_said_again():
    assert lay_over({"CFBundleExecutable": "a"}, {"CFBundleExecutable": "a"})


def test_another_executable_is_refused():
    with pytest.raises(FormatError, match="CFBundleExecutable"):
        lay_over({"CFBundleExecutable": "a"}, {"CFBundleExecutable": "b"})


@pytest.mark.parametrize("kind", [plistlib.FMT_XML, plistlib.FMT_BINARY], ids=["xml", "binary"])
def test_a_property_list_is_read(kind: plistlib.PlistFormat):
    assert read_plist(plistlib.dumps({"a": 1}, fmt=kind), place="a") == {"a": 1}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"no", "not a property list"),
        (b"<plist><dict>", "not a property list"),
        (b"bplist00" + bytes(40), "not a property list"),
        (plistlib.dumps([1]), "no dictionary"),
        (b'<?xml version="1.0" encoding="UTX-8"?><plist/>', "not a property list"),
        (b"<plist><date>soon</date></plist>", "not a property list"),
        (b"<plist></dict></plist>", "not a property list"),
    ],
    ids=["text", "cut", "zeros", "list", "coding", "date", "end"],
)
def test_what_is_no_property_list_is_refused(data: bytes, words: str):
    with pytest.raises(FormatError, match=words) as caught:
        read_plist(data, place="a")
    assert caught.value.code == "macos.plist"


def test_a_property_list_is_the_same_bytes_in_any_order():
    assert write_plist({"a": 1, "b": 2}) == write_plist({"b": 2, "a": 1})
