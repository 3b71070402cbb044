"""File extension to media type: our own table, so that no system's registry has a say."""

from __future__ import annotations

from types import MappingProxyType

DEFAULT = "application/octet-stream"

MIME_TYPES = MappingProxyType(
    {
        ".aac": "audio/aac",
        ".apng": "image/apng",
        ".avif": "image/avif",
        ".bmp": "image/bmp",
        ".css": "text/css; charset=utf-8",
        ".csv": "text/csv; charset=utf-8",
        ".cur": "image/x-icon",
        ".flac": "audio/flac",
        ".geojson": "application/geo+json",
        ".gif": "image/gif",
        ".glb": "model/gltf-binary",
        ".gltf": "model/gltf+json",
        ".htm": "text/html; charset=utf-8",
        ".html": "text/html; charset=utf-8",
        ".ico": "image/vnd.microsoft.icon",
        ".jpeg": "image/jpeg",
        ".jpg": "image/jpeg",
        ".js": "text/javascript; charset=utf-8",
        ".json": "application/json",
        ".jsonld": "application/ld+json",
        ".jxl": "image/jxl",
        ".m4a": "audio/mp4",
        ".m4v": "video/mp4",
        ".map": "application/json",
        ".md": "text/markdown; charset=utf-8",
        ".mjs": "text/javascript; charset=utf-8",
        ".mov": "video/quicktime",
        ".mp3": "audio/mpeg",
        ".mp4": "video/mp4",
        ".oga": "audio/ogg",
        ".ogg": "audio/ogg",
        ".ogv": "video/ogg",
        ".opus": "audio/ogg",
        ".otf": "font/otf",
        ".pdf": "application/pdf",
        ".png": "image/png",
        ".rtf": "application/rtf",
        ".svg": "image/svg+xml",
        ".tif": "image/tiff",
        ".tiff": "image/tiff",
        ".ttf": "font/ttf",
        ".txt": "text/plain; charset=utf-8",
        ".vtt": "text/vtt; charset=utf-8",
        ".wasm": "application/wasm",
        ".wav": "audio/wav",
        ".webm": "video/webm",
        ".webmanifest": "application/manifest+json",
        ".webp": "image/webp",
        ".woff": "font/woff",
        ".woff2": "font/woff2",
        ".xhtml": "application/xhtml+xml",
        ".xml": "application/xml",
        ".zip": "application/zip",
    }
)
"""Text types say UTF-8: an app's files are ours, and nothing guesses."""


def mime_of(suffix: str) -> str:
    """Return the media type of a lower-case extension with its dot."""
    return MIME_TYPES.get(suffix, DEFAULT)


def is_html(mime: str) -> bool:
    """Say whether a media type is that of a page which gets import map and policy."""
    return mime.startswith("text/html")
