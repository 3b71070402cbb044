"""``latest.json``: the static feed that Tauri's updater reads, besides our signed manifest.

It is as Tauri defines it, so only the artifacts are signed: an old feed with old files passes there. Ours does not.

Source: https://v2.tauri.app/plugin/updater/#static-json-file
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from millennium_bundler.schema import JSON
from millennium_bundler.updater.manifest import Artifact, UpdateManifest
from millennium_bundler.updater.platform import TAURI_KINDS

FEED_NAME = "latest.json"


def feed_of(manifest: UpdateManifest) -> bytes:
    """Return the feed that names what a manifest names.

    A system's own key names its main kind of package, ``SYSTEM-KIND`` each kind there is.
    """
    platforms: dict[str, JSON] = {}
    known = (one for one in manifest.artifacts if one.kind in TAURI_KINDS)
    for artifact in sorted(known, key=_rank):
        entry: JSON = {"signature": artifact.signature, "url": artifact.url}
        platforms.setdefault(artifact.platform, entry)
        platforms[f"{artifact.platform}-{artifact.kind}"] = entry
    published = datetime.fromtimestamp(manifest.published, UTC)
    value: JSON = {
        "version": manifest.version,
        "notes": manifest.notes,
        "pub_date": published.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "platforms": dict(sorted(platforms.items())),
    }
    return json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"


def _rank(artifact: Artifact) -> tuple[str, int]:
    return artifact.platform, TAURI_KINDS.index(artifact.kind)
