"""Errors of the configuration, its capability files among them."""

from __future__ import annotations

from millennium.errors.root import MillenniumError


class ConfigError(MillenniumError):
    """The configuration cannot be used."""

    code = "config.invalid"


class ConfigNotFoundError(ConfigError):
    """No configuration was found."""

    code = "config.not_found"


class TwoConfigsError(ConfigError):
    """The project is configured in two places."""

    code = "config.two_files"


class ConfigSyntaxError(ConfigError):
    """A file is not what its name says: TOML or JSON5."""

    code = "config.syntax"


class UnknownKeyError(ConfigError):
    """A key nobody reads; most often a misspelt one."""

    code = "config.unknown_key"


class MissingKeyError(ConfigError):
    """A key that must be there is not."""

    code = "config.missing_key"


class InvalidValueError(ConfigError):
    """The type, the form or the size of a value is wrong."""

    code = "config.invalid_value"


class MissingAssetsError(ConfigError):
    """The folder with the page does not exist."""

    code = "config.missing_assets"


class MissingMainError(ConfigError):
    """The file that starts the app does not exist."""

    code = "config.missing_main"


class DangerousCspError(ConfigError):
    """A content security policy that allows foreign or inline scripts."""

    code = "config.dangerous_csp"


class CapabilityError(ConfigError):
    """A capability file cannot be used."""

    code = "config.capability"


class VersionFileError(ConfigError):
    """The file that should hold the app's version does not."""

    code = "config.version_file"
