"""Write the bill of materials: what is in the executable, as CycloneDX 1.6 JSON.

It lists the distributions whose modules were frozen, Python, and the shared libraries that came
along, each with the SHA-256 of its file. No time and no random number: same input, same bytes.

Source: https://cyclonedx.org/docs/1.6/json/
"""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from millennium_build.freeze.environment import Interpreter
from millennium_build.freeze.plan.distributions import InstalledDistribution
from millennium_build.freeze.plan.model import ModulePlan, PlannedLibrary


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The app that the bill is about."""

    identifier: str
    name: str
    version: str
    license: str = ""


def make_sbom(subject: Subject, plan: ModulePlan, interpreter: Interpreter) -> bytes:
    """Return the document."""
    components = [_python(interpreter)]
    components += [_distribution(found) for found in plan.distributions]
    components += [_library(library) for library in plan.libraries]
    application = _application(subject)
    document: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": application,
            "tools": {"components": [{"type": "application", "name": "millennium-build"}]},
        },
        "components": components,
        "dependencies": [
            {
                "ref": application["bom-ref"],
                "dependsOn": [component["bom-ref"] for component in components],
            }
        ],
    }
    digest = hashlib.sha256(_encode(document)).hexdigest()
    document["serialNumber"] = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, digest)}"
    return _encode(document)


def _application(subject: Subject) -> dict[str, Any]:
    component: dict[str, Any] = {
        "type": "application",
        "bom-ref": subject.identifier,
        "name": subject.name,
        "version": subject.version,
    }
    return component | _licenses(subject.license)


def _python(interpreter: Interpreter) -> dict[str, Any]:
    version = interpreter.version_text
    return {
        "type": "platform",
        "bom-ref": f"pkg:generic/cpython@{version}",
        "name": "CPython",
        "version": version,
        "purl": f"pkg:generic/cpython@{version}",
        "cpe": f"cpe:2.3:a:python:python:{version}:*:*:*:*:*:*:*",
        "licenses": [{"license": {"id": "Python-2.0"}}],
    }


def _distribution(found: InstalledDistribution) -> dict[str, Any]:
    purl = f"pkg:pypi/{quote(found.name.lower().replace('_', '-'))}@{quote(found.version)}"
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": purl,
        "name": found.name,
        "version": found.version,
        "purl": purl,
    }
    return component | _licenses(found.license)


def _library(library: PlannedLibrary) -> dict[str, Any]:
    digest = hashlib.sha256(library.path.read_bytes()).hexdigest()
    return {
        "type": "library",
        "bom-ref": f"file:{library.soname}",
        "name": library.soname,
        "hashes": [{"alg": "SHA-256", "content": digest}],
    }


def _licenses(text: str) -> dict[str, Any]:
    """State a licence by its text: metadata says anything, and an identifier must be one."""
    return {"licenses": [{"license": {"name": text}}]} if text else {}


def _encode(document: dict[str, Any]) -> bytes:
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False).encode() + b"\n"
