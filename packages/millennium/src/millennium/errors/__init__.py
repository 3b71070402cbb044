"""Everything that can go wrong in millennium, as one tree.

* MillenniumError ▸ code, number, message, help, location
    * ConfigError ▸ the configuration cannot be used
        * ConfigNotFoundError ▸ no configuration, or no project at all
        * TwoConfigsError ▸ the project is configured in two places
        * ConfigSyntaxError ▸ a file is not TOML or JSON5
        * UnknownKeyError ▸ a key nobody reads
        * MissingKeyError ▸ a key that must be there is not
        * InvalidValueError ▸ the type, the form or the size of a value is wrong
        * MissingAssetsError ▸ the folder with the page does not exist
        * MissingMainError ▸ the file that starts the app does not exist
        * DangerousCspError ▸ a policy that allows foreign or inline scripts
        * CapabilityError ▸ a capability file cannot be used
        * VersionFileError ▸ the file that should hold the app's version does not
    * OutsideAssetsError ▸ a path climbs out of the assets
    * DamagedAssetError ▸ an embedded asset is not what was embedded
    * TooLargeAssetsError ▸ a file of the page is too large, or there are too many
    * ContextError ▸ the baked context cannot be read
    * IpcError ▸ what page and app say to each other does not get through
        * NotAllowedError ▸ unknown, disabled or not granted: always the same answer
        * WireError ▸ a message is not well-formed
        * TooLargeError ▸ a message is over a limit
        * DocumentGoneError ▸ the page that asked is no longer there
        * PayloadError ▸ JSON cannot carry an event or a channel item
        * AskFailedError ▸ the page could not answer a question
        * AskTimeoutError ▸ the page did not answer a question in time
        * ChannelClosedError ▸ its window, page or call ended
        * ChannelFullError ▸ the page is too slow
    * CommandError ▸ raised by the app's own commands: its code and message reach the page
    * CallError ▸ a call of a command came to nothing
        * BadArgumentsError ▸ arguments do not fit the signature
        * CommandFailedError ▸ a command raised something unforeseen
        * CommandAbortedError ▸ the page gave up waiting
        * UnencodableResultError ▸ a command returned what JSON cannot carry
    * RegistrationError ▸ a command cannot be registered
        * BadSignatureError ▸ a function cannot be a command, or a hook
        * DuplicateCommandError ▸ the name is taken
        * ReservedNameError ▸ the name belongs to the framework
        * SealedCommandError ▸ a sealed command would say something in clear
    * ApiDisabledError ▸ a built-in API that the allowlist does not name
    * ScopeError ▸ an argument is outside its scope
        * OutOfScopeError ▸ a path that no pattern allows, or one denies
        * UrlOutOfScopeError ▸ a web address, or where it leads, that no pattern allows
        * ProgramOutOfScopeError ▸ a program or an argument the configuration does not name
        * OpenerOutOfScopeError ▸ an address that is not handed to the system's programs
        * BadPatternError ▸ a scope pattern that could never be meant
    * StateError ▸ no value, or two values, of one type
    * EventNameError ▸ a topic breaks the grammar or is reserved
    * TooManyListenersError ▸ one window, or the app, listens too often
    * UnknownWindowError ▸ no window has this label
    * AppStateError ▸ the app was asked for something it can do only before, or while, it runs

Exceptions of `millennium_runtime` are a tree of their own and pass through unchanged.
"""

from __future__ import annotations

from millennium.errors.app import (
    AppStateError,
    EventNameError,
    StateError,
    TooManyListenersError,
    UnknownWindowError,
)
from millennium.errors.assets import (
    ContextError,
    DamagedAssetError,
    OutsideAssetsError,
    TooLargeAssetsError,
)
from millennium.errors.command import (
    BadArgumentsError,
    BadSignatureError,
    CallError,
    CommandAbortedError,
    CommandError,
    CommandFailedError,
    DuplicateCommandError,
    RegistrationError,
    ReservedNameError,
    SealedCommandError,
    UnencodableResultError,
)
from millennium.errors.config import (
    CapabilityError,
    ConfigError,
    ConfigNotFoundError,
    ConfigSyntaxError,
    DangerousCspError,
    InvalidValueError,
    MissingAssetsError,
    MissingKeyError,
    MissingMainError,
    TwoConfigsError,
    UnknownKeyError,
    VersionFileError,
)
from millennium.errors.ipc import (
    AskFailedError,
    AskTimeoutError,
    ChannelClosedError,
    ChannelFullError,
    DocumentGoneError,
    IpcError,
    NotAllowedError,
    PayloadError,
    TooLargeError,
    WireError,
)
from millennium.errors.numbers import (
    NUMBERS,
)
from millennium.errors.root import (
    Location,
    MillenniumError,
)
from millennium.errors.security import (
    ApiDisabledError,
    BadPatternError,
    OpenerOutOfScopeError,
    OutOfScopeError,
    ProgramOutOfScopeError,
    ScopeError,
    UrlOutOfScopeError,
)

__all__ = [
    "NUMBERS",
    "ApiDisabledError",
    "AppStateError",
    "AskFailedError",
    "AskTimeoutError",
    "BadArgumentsError",
    "BadPatternError",
    "BadSignatureError",
    "CallError",
    "CapabilityError",
    "ChannelClosedError",
    "ChannelFullError",
    "CommandAbortedError",
    "CommandError",
    "CommandFailedError",
    "ConfigError",
    "ConfigNotFoundError",
    "ConfigSyntaxError",
    "ContextError",
    "DamagedAssetError",
    "DangerousCspError",
    "DocumentGoneError",
    "DuplicateCommandError",
    "EventNameError",
    "InvalidValueError",
    "IpcError",
    "Location",
    "MillenniumError",
    "MissingAssetsError",
    "MissingKeyError",
    "MissingMainError",
    "NotAllowedError",
    "OpenerOutOfScopeError",
    "OutOfScopeError",
    "OutsideAssetsError",
    "PayloadError",
    "ProgramOutOfScopeError",
    "RegistrationError",
    "ReservedNameError",
    "ScopeError",
    "SealedCommandError",
    "StateError",
    "TooLargeAssetsError",
    "TooLargeError",
    "TooManyListenersError",
    "TwoConfigsError",
    "UnencodableResultError",
    "UnknownKeyError",
    "UnknownWindowError",
    "UrlOutOfScopeError",
    "VersionFileError",
    "WireError",
]
