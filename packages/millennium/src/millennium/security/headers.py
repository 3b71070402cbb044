"""The headers of every answer, whoever gives it: page, error, bytes, frame."""

from __future__ import annotations

Headers = tuple[tuple[str, str], ...]

POLICY_HEADER = "content-security-policy"

FIXED_HEADERS: Headers = (
    ("x-content-type-options", "nosniff"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "no-referrer"),
)
"""No guessing of types, no opener, no use by other origins, no address of ours told to anybody."""

NOTHING_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The policy of what is no page: opened as one, it can do nothing."""

BARE_HEADERS: Headers = ((POLICY_HEADER, NOTHING_POLICY), *FIXED_HEADERS)
"""What an answer that is no page has."""
