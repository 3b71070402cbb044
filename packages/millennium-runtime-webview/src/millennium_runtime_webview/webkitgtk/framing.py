"""Keeps pages out of frames that say so.

WebKitGTK looks at ``frame-ancestors`` in its network process only, which answers of our schemes
never pass, and tells a policy decision nothing of their headers. So each window's answers are
noted when they are given, and a frame shows an address of our schemes only if the last answer
there did not say ``frame-ancestors 'none'``. Other values are not enforced.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urldefrag

POLICY_HEADER = "content-security-policy"
MAX_ADDRESSES = 1024
"""Remembered of one window; a frame at one that was forgotten stays empty."""

_NOBODY = re.compile(r"(?:^|[;,])\s*frame-ancestors(?:\s+'none')?\s*(?:[;,]|$)", re.IGNORECASE)

Headers = Iterable[tuple[str, str]]
Frameable = dict[str, None]
"""Addresses of one window that frames may show, the oldest first."""

_windows: dict[str, Frameable] = {}


def begin(label: str) -> Frameable:
    """Remember nothing of a new window yet, nor of an earlier one with its label."""
    known: Frameable = {}
    _windows[label] = known
    return known


def end(label: str, known: Frameable) -> None:
    """Forget a window, but not a later one with its label."""
    if _windows.get(label) is known:
        del _windows[label]


def note_answer(label: str, url: str, headers: Headers) -> None:
    """Remember whether frames of a window may show `url`. Thread: any."""
    known = _windows.get(label)
    if known is None:
        return
    known.pop(url, None)
    if not any(forbids_framing(value) for name, value in headers if name.lower() == POLICY_HEADER):
        known[url] = None
        if len(known) > MAX_ADDRESSES:
            known.pop(next(iter(known)), None)


def may_be_framed(label: str, url: str) -> bool:
    """Whether the last answer at an address of our schemes admits frames."""
    return urldefrag(url).url in _windows.get(label, ())


def forbids_framing(policies: str) -> bool:
    """Whether a header, of one policy or of several with commas, admits no frame at all."""
    return _NOBODY.search(policies) is not None
