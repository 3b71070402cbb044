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


class UrlOutOfScopeError(ScopeError):
    """A web address, or where it leads, that no pattern allows."""

    code = "http.out_of_scope"


class ProgramOutOfScopeError(ScopeError):
    """A program or an argument that the configuration does not name."""

    code = "shell.out_of_scope"


class OpenerOutOfScopeError(ScopeError):
    """An address that is not handed to the system's programs."""

    code = "opener.out_of_scope"
