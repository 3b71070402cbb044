"""The list of parts (SBOM) of one package: the executable's, with the package as what it is about.

Source: https://cyclonedx.org/docs/1.6/json/
"""

from __future__ import annotations

import hashlib
import json
import uuid

from millennium_bundler.provenance import Subject

ENDING = ".cdx.json"


def parts_list(build: bytes, package: Subject, *, version: str) -> bytes:
    """Return the list of parts of a package.

    What the build says stays: its application becomes the package's one part. A list of another kind, or one
    that does not say what it is about, is returned as it is.

    Args:
        build: What the build wrote about the executable.
        package: That has the executable inside.
        version: Of the app.
    """
    try:
        document = json.loads(build)
    except (ValueError, RecursionError):
        return build
    match document:
        case {
            "bomFormat": "CycloneDX",
            "metadata": {"component": {"bom-ref": str(reference)} as application, **metadata},
            "components": list(components),
            "dependencies": list(depends),
        }:
            pass
        case _:
            return build
    about: dict[str, object] = {
        "type": "file",
        "bom-ref": package.name,
        "name": package.name,
        "version": version,
    }
    if not package.is_folder:
        about["hashes"] = [{"alg": "SHA-256", "content": package.sha256}]
    made = document | {
        "metadata": {**metadata, "component": about},
        "components": [application, *components],
        "dependencies": [{"ref": package.name, "dependsOn": [reference]}, *depends],
    }
    # No random number: the same package has the same list.
    digest = hashlib.sha256(_encode(made)).hexdigest()
    return _encode(made | {"serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, digest)}"})


def _encode(document: object) -> bytes:
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False).encode() + b"\n"
