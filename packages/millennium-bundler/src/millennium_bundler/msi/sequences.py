"""In which order things are done: the five sequences."""

from __future__ import annotations

from millennium_bundler.msi.actions import ACTIONS, WANTED_BY
from millennium_bundler.msi.lifecycle import (
    FOLDER_ACTION,
    FOLDER_CONDITION,
    LOCATION_ACTION,
    WEBVIEW_ACTION,
    WEBVIEW_CONDITION,
    has_webview_action,
)
from millennium_bundler.msi.product import Product
from millennium_bundler.msi.rows import Rows

_ALWAYS = (
    *("ValidateProductID", "CostInitialize", "FileCost", "CostFinalize", "MigrateFeatureStates"),
    *("InstallValidate", "InstallInitialize", "ProcessComponents", "RemoveFolders"),
    *("CreateFolders", "RegisterUser", "RegisterProduct", "PublishProduct", "InstallFinalize"),
)
_BEFORE_INSTALLING = (
    *("FindRelatedProducts", "AppSearch", "LaunchConditions", "ValidateProductID"),
    *("CostInitialize", "FileCost", "CostFinalize", "MigrateFeatureStates", "ExecuteAction"),
)
_ADMIN = (
    *("CostInitialize", "FileCost", "CostFinalize", "InstallValidate", "InstallInitialize"),
    *("InstallAdminPackage", "InstallFiles", "InstallFinalize"),
)
_ADVERTISE = (
    *("CostInitialize", "CostFinalize", "InstallValidate", "InstallInitialize"),
    *("PublishFeatures", "PublishProduct", "InstallFinalize"),
)
# Before the files and folders are counted; after folders are final; after all is written.
_FOLDER_PLACE, _LOCATION_PLACE, _WEBVIEW_PLACE = 750, 1010, 6500


def add_sequences(rows: Rows, product: Product) -> None:
    """Add the actions that the rows there need; called after all others."""
    found = rows.tables()
    wanted = {action for table in found for action in WANTED_BY.get(table, ())}
    execute = "InstallExecuteSequence"
    # What only looks runs once: where there is a wizard it has been there already.
    for action in sorted({*_ALWAYS, *wanted}, key=lambda action: ACTIONS[action]):
        rows.add(execute, Action=action, Sequence=ACTIONS[action])
    for action in _BEFORE_INSTALLING:
        if action in wanted or action in {*_ALWAYS, "ExecuteAction"}:
            rows.add("InstallUISequence", Action=action, Sequence=ACTIONS[action])
    for sequence in (execute, "InstallUISequence"):
        rows.add(sequence, Action=FOLDER_ACTION, Condition=FOLDER_CONDITION, Sequence=_FOLDER_PLACE)
    rows.add(execute, Action=LOCATION_ACTION, Sequence=_LOCATION_PLACE)
    if has_webview_action(product):
        rows.add(
            execute, Action=WEBVIEW_ACTION, Condition=WEBVIEW_CONDITION, Sequence=_WEBVIEW_PLACE
        )
    for sequence, actions in (
        ("AdminExecuteSequence", _ADMIN),
        ("AdvtExecuteSequence", _ADVERTISE),
    ):
        for action in actions:
            rows.add(sequence, Action=action, Sequence=ACTIONS[action])
