"""The one table of all codes of millennium and the numbers that the command line prints.

1. A code has one number, a number one code; neither is ever reused.
2. A code belongs to one class of `millennium.errors`; each class has its code here.
3. Codes stand in the order of their rooms; each room keeps some numbers free for its next.
"""

from __future__ import annotations

NUMBERS: dict[str, str] = {
    "millennium.failed": "M0100",
    "config.invalid": "M0101",
    "config.not_found": "M0102",
    "config.two_files": "M0103",
    "config.syntax": "M0104",
    "config.unknown_key": "M0105",
    "config.missing_key": "M0106",
    "config.invalid_value": "M0107",
    "config.missing_assets": "M0108",
    "config.missing_main": "M0109",
    "config.dangerous_csp": "M0110",
    "config.capability": "M0111",
    "config.version_file": "M0112",
    "assets.outside": "M0121",
    "assets.damaged": "M0122",
    "assets.too_large": "M0123",
    "context.damaged": "M0125",
    "ipc.failed": "M0130",
    "ipc.not_allowed": "M0131",
    "ipc.malformed": "M0132",
    "ipc.too_large": "M0133",
    "ipc.document_gone": "M0134",
    "ipc.bad_payload": "M0136",
    "ask.failed": "M0137",
    "ask.timeout": "M0138",
    "channel.closed": "M0141",
    "channel.full": "M0142",
    "command.error": "M0150",
    "command.bad_args": "M0151",
    "command.failed": "M0152",
    "command.aborted": "M0153",
    "command.bad_result": "M0154",
    "command.invalid": "M0155",
    "command.no_result": "M0159",
    "command.bad_signature": "M0156",
    "command.duplicate": "M0157",
    "command.reserved_name": "M0158",
    "api.disabled": "M0160",
    "command.sealed": "M0161",
    "scope.failed": "M0165",
    "fs.out_of_scope": "M0166",
    "scope.bad_pattern": "M0167",
    "http.out_of_scope": "M0168",
    "shell.out_of_scope": "M0169",
    "opener.out_of_scope": "M0180",
    "state.failed": "M0170",
    "event.bad_name": "M0171",
    "window.unknown": "M0172",
    "app.state": "M0173",
    "event.too_many": "M0174",
}
"""Code → number that the command line prints, ``error[M0105]``. A number is never reused."""
