"""The main header of an RPM package: who it is, what it needs, what runs around it.

Source: https://rpm-software-management.github.io/rpm/manual/tags.html
"""

from __future__ import annotations

import re
from enum import IntEnum

from millennium_bundler.archive.rpm_header import Int32, Text, Texts, Value, numbers
from millennium_bundler.desktop import paragraphs, summary
from millennium_bundler.documents import changes, maintainer
from millennium_bundler.errors import FormatError
from millennium_bundler.formats.rpm_relations import (
    EQUAL,
    INTERPRETER,
    Relation,
    parse_all,
    requirements,
)
from millennium_bundler.scripts import SHELL, Scripts
from millennium_bundler.settings import BundleSettings
from millennium_bundler.tree import Tree

SHA256_ALGORITHM = 8
"""As OpenPGP numbers it."""

# https://github.com/rpm-software-management/rpm rpmrc.in
_MACHINES = {
    "x86_64": ("x86_64", "x86-64"),
    "aarch64": ("aarch64", "aarch-64"),
    "i686": ("i686", "x86-32"),
    "armv7": ("armv7hl", "armv7hl-32"),
    "riscv64": ("riscv64", "riscv-64"),
    "ppc64le": ("ppc64le", "ppc-64"),
    "s390x": ("s390x", "s390-64"),
}
NO_SCRIPTS = Scripts()
_VERSION = re.compile(r"[0-9][A-Za-z0-9._+~^]*")


class RpmTag(IntEnum):
    """Tags of the main header."""

    I18N_TABLE = 100
    NAME = 1000
    VERSION = 1001
    RELEASE = 1002
    EPOCH = 1003
    SUMMARY = 1004
    DESCRIPTION = 1005
    BUILD_TIME = 1006
    BUILD_HOST = 1007
    SIZE = 1009
    VENDOR = 1011
    LICENSE = 1014
    PACKAGER = 1015
    GROUP = 1016
    URL = 1020
    OS = 1021
    ARCH = 1022
    FILE_SIZES = 1028
    FILE_MODES = 1030
    FILE_RDEVS = 1033
    FILE_MTIMES = 1034
    FILE_DIGESTS = 1035
    FILE_LINKTOS = 1036
    FILE_FLAGS = 1037
    FILE_USERS = 1039
    FILE_GROUPS = 1040
    SOURCE_RPM = 1044
    FILE_VERIFY_FLAGS = 1045
    PROVIDE_NAME = 1047
    REQUIRE_FLAGS = 1048
    REQUIRE_NAME = 1049
    REQUIRE_VERSION = 1050
    CONFLICT_FLAGS = 1053
    CONFLICT_NAME = 1054
    CONFLICT_VERSION = 1055
    RPM_VERSION = 1064
    CHANGELOG_TIME = 1080
    CHANGELOG_NAME = 1081
    CHANGELOG_TEXT = 1082
    OBSOLETE_NAME = 1090
    FILE_DEVICES = 1095
    FILE_INODES = 1096
    FILE_LANGS = 1097
    PROVIDE_FLAGS = 1112
    PROVIDE_VERSION = 1113
    OBSOLETE_FLAGS = 1114
    OBSOLETE_VERSION = 1115
    DIR_INDEXES = 1116
    BASE_NAMES = 1117
    DIR_NAMES = 1118
    PAYLOAD_FORMAT = 1124
    PAYLOAD_COMPRESSOR = 1125
    PAYLOAD_FLAGS = 1126
    PLATFORM = 1132
    FILE_DIGEST_ALGORITHM = 5011
    RECOMMEND_NAME = 5046
    RECOMMEND_VERSION = 5047
    RECOMMEND_FLAGS = 5048
    ENCODING = 5062
    PAYLOAD_DIGEST = 5092
    PAYLOAD_DIGEST_ALGORITHM = 5093
    PAYLOAD_DIGEST_INNER = 5097


class SignatureTag(IntEnum):
    """Tags of the header of digests and signatures."""

    DSA_HEADER = 267
    RSA_HEADER = 268
    SHA1 = 269
    SHA256 = 273
    SIZE = 1000
    MD5 = 1004
    PAYLOAD_SIZE = 1007


# Tag of the text, tag of its interpreter, and rpm's flag for what needs the interpreter.
_SCRIPTS = {
    "pre_install": (1023, 1085, 1 << 9),
    "post_install": (1024, 1086, 1 << 10),
    "pre_remove": (1025, 1087, 1 << 11),
    "post_remove": (1026, 1088, 1 << 12),
}

# rpm says how many versions will be left; an upgrade is the removal of the old one too.
_GUARDS = dict.fromkeys(("pre_remove", "post_remove"), '[ "$1" = 0 ]')


def rpm_machine(settings: BundleSettings) -> str:
    """Return rpm's name of the target's machine.

    Raises:
        FormatError: The target is not a Linux that rpm knows.
    """
    return _machine(settings)[0]


def rpm_version(version: str) -> str:
    """Turn a version into rpm's, so that pre-releases sort first: 1.0-rc.1 → 1.0~rc.1.

    Raises:
        FormatError: A character that rpm does not take.
    """
    found = version.replace("-", "~", 1).replace("-", ".")
    if not _VERSION.fullmatch(found):
        message = f"{version!r} cannot be a version of an .rpm"
        raise FormatError(message, code="rpm.version", help="use a version such as 1.2.3")
    return found


def package_values(
    settings: BundleSettings, tree: Tree, scripts: Scripts = NO_SCRIPTS
) -> dict[int, Value]:
    """Return the header's values, but for those of files and payload.

    Raises:
        FormatError: Version, target or a relation cannot be expressed.
    """
    rpm = settings.linux.rpm
    name, version = settings.binary_name, rpm_version(settings.version)
    full = f"{version}-{rpm.release}"
    machine, mark = _machine(settings)
    values: dict[int, Value] = {
        RpmTag.I18N_TABLE: Texts(("C",)),
        RpmTag.NAME: Text(name),
        RpmTag.VERSION: Text(version),
        RpmTag.RELEASE: Text(rpm.release),
        RpmTag.SUMMARY: Text(summary(settings), is_translated=True),
        RpmTag.DESCRIPTION: Text("\n\n".join(paragraphs(settings)), is_translated=True),
        RpmTag.BUILD_TIME: numbers(tree.date),
        RpmTag.BUILD_HOST: Text("localhost"),
        RpmTag.SIZE: numbers(sum(len(file.data) for file in tree.files())),
        RpmTag.LICENSE: Text(rpm.license or settings.license or "LicenseRef-not-specified"),
        RpmTag.PACKAGER: Text(maintainer(settings)),
        RpmTag.GROUP: Text("Unspecified", is_translated=True),
        RpmTag.OS: Text("linux"),
        RpmTag.ARCH: Text(machine),
        RpmTag.SOURCE_RPM: Text(f"{name}-{full}.src.rpm"),
        RpmTag.RPM_VERSION: Text("4.18.0"),
        RpmTag.PLATFORM: Text(f"{machine}-linux"),
        RpmTag.ENCODING: Text("utf-8"),
    }
    if settings.publisher:
        values[RpmTag.VENDOR] = Text(settings.publisher)
    if settings.homepage:
        values[RpmTag.URL] = Text(settings.homepage)
    if rpm.epoch:
        values[RpmTag.EPOCH] = numbers(rpm.epoch)
    own = f"{rpm.epoch}:{full}" if rpm.epoch else full
    provided = {Relation(name=one, flags=EQUAL, version=own) for one in (name, f"{name}({mark})")}
    values |= _relations(
        sorted({*provided, *parse_all(rpm.provides, key="linux.rpm.provides")}), _PROVIDES
    )
    needed = requirements(settings, tree, machine=settings.target.split("-")[0])
    values |= _relations(sorted({*needed, *_interpreters(scripts)}), _REQUIRES)
    values |= _relations(parse_all(rpm.recommends, key="linux.rpm.recommends"), _RECOMMENDS)
    values |= _relations(parse_all(rpm.conflicts, key="linux.rpm.conflicts"), _CONFLICTS)
    values |= _relations(parse_all(rpm.obsoletes, key="linux.rpm.obsoletes"), _OBSOLETES)
    return values | _changelog(settings, tree.date, full) | _scripts(scripts)


_PROVIDES = (RpmTag.PROVIDE_NAME, RpmTag.PROVIDE_FLAGS, RpmTag.PROVIDE_VERSION)
_REQUIRES = (RpmTag.REQUIRE_NAME, RpmTag.REQUIRE_FLAGS, RpmTag.REQUIRE_VERSION)
_RECOMMENDS = (RpmTag.RECOMMEND_NAME, RpmTag.RECOMMEND_FLAGS, RpmTag.RECOMMEND_VERSION)
_CONFLICTS = (RpmTag.CONFLICT_NAME, RpmTag.CONFLICT_FLAGS, RpmTag.CONFLICT_VERSION)
_OBSOLETES = (RpmTag.OBSOLETE_NAME, RpmTag.OBSOLETE_FLAGS, RpmTag.OBSOLETE_VERSION)


def _relations(relations: list[Relation], tags: tuple[RpmTag, RpmTag, RpmTag]) -> dict[int, Value]:
    if not relations:
        return {}
    name, flags, version = tags
    return {
        name: Texts(tuple(relation.name for relation in relations)),
        flags: Int32(tuple(relation.flags for relation in relations)),
        version: Texts(tuple(relation.version for relation in relations)),
    }


def _changelog(settings: BundleSettings, date: int, version: str) -> dict[int, Value]:
    text = "\n".join(f"- {change}" for change in changes(settings))
    # rpm wants noon, so that the day is the same in all time zones.
    noon = date // 86_400 * 86_400 + 43_200
    return {
        RpmTag.CHANGELOG_TIME: numbers(noon),
        RpmTag.CHANGELOG_NAME: Texts((f"{maintainer(settings)} - {version}",)),
        RpmTag.CHANGELOG_TEXT: Texts((text,)),
    }


def _scripts(scripts: Scripts) -> dict[int, Value]:
    values: dict[int, Value] = {}
    for name, script in scripts.guarded(_GUARDS).items():
        text, interpreter, _flag = _SCRIPTS[name]
        values[text], values[interpreter] = Text(script), Text(SHELL)
    return values


def _interpreters(scripts: Scripts) -> list[Relation]:
    return [Relation(name=SHELL, flags=INTERPRETER | _SCRIPTS[name][2]) for name in scripts.named()]


def _machine(settings: BundleSettings) -> tuple[str, str]:
    machine, system, *libc = settings.target.split("-")
    if system != "linux" or machine not in _MACHINES or libc not in ([], ["gnu"]):
        message = f"an .rpm cannot carry an executable for {settings.target}"
        raise FormatError(
            message, code="rpm.target", help="choose a target such as x86_64-linux-gnu"
        )
    return _MACHINES[machine]
