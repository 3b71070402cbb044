"""Errors of what is allowed: which APIs there are, which arguments they take."""

from __future__ import annotations

from millennium.errors.root import MillenniumError


class ApiDisabledError(MillenniumError):
    """A built-in API that the allowlist does not name."""

    code = "api.disabled"


class ScopeError(MillenniumError):
    """An argument is outside its scope."""

    code = "scope.failed"


class OutOfScopeError(ScopeError):
    """A path that no pattern allows, or that one denies."""

    code = "fs.out_of_scope"


class BadPatternError(ScopeError):
    """A scope pattern that could never be meant: relative, climbing, unknown variable."""

    code = "scope.bad_pattern"
