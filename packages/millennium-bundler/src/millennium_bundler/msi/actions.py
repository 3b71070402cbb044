"""The standard actions of Windows Installer: their usual places, their order, what needs them.

Source: https://learn.microsoft.com/windows/win32/msi/suggested-installexecutesequence
"""

from __future__ import annotations

from itertools import pairwise
from types import MappingProxyType
from typing import Final

ACTIONS: Final = MappingProxyType(
    {
        "FindRelatedProducts": 25,
        "AppSearch": 50,
        "LaunchConditions": 100,
        "ValidateProductID": 700,
        "CostInitialize": 800,
        "FileCost": 900,
        "CostFinalize": 1000,
        "MigrateFeatureStates": 1200,
        "ExecuteAction": 1300,
        "InstallValidate": 1400,
        "InstallInitialize": 1500,
        "RemoveExistingProducts": 1510,
        "ProcessComponents": 1600,
        "UnpublishFeatures": 1800,
        "StopServices": 1900,
        "DeleteServices": 2000,
        "RemoveRegistryValues": 2600,
        "RemoveIniValues": 3100,
        "RemoveShortcuts": 3200,
        "RemoveEnvironmentStrings": 3300,
        "RemoveFiles": 3500,
        "RemoveFolders": 3600,
        "CreateFolders": 3700,
        "InstallAdminPackage": 3900,
        "InstallFiles": 4000,
        "CreateShortcuts": 4500,
        "WriteRegistryValues": 5000,
        "WriteIniValues": 5100,
        "WriteEnvironmentStrings": 5200,
        "InstallServices": 5800,
        "StartServices": 5900,
        "RegisterUser": 6000,
        "RegisterProduct": 6100,
        "PublishFeatures": 6300,
        "PublishProduct": 6400,
        "InstallFinalize": 6600,
    }
)

_SPINE = (
    *("FindRelatedProducts", "LaunchConditions", "CostInitialize", "FileCost", "CostFinalize"),
    *("MigrateFeatureStates", "InstallValidate", "InstallInitialize", "ProcessComponents"),
    *("UnpublishFeatures", "RemoveFiles", "InstallFiles", "RegisterProduct", "PublishFeatures"),
    *("PublishProduct", "InstallFinalize"),
)
ORDER: Final = (
    *pairwise(_SPINE),
    ("AppSearch", "LaunchConditions"),
    ("InstallValidate", "RemoveExistingProducts"),
    ("ProcessComponents", "RemoveRegistryValues"),
    ("RemoveFiles", "RemoveFolders"),
    ("RemoveFolders", "CreateFolders"),
    ("CreateFolders", "InstallFiles"),
    ("InstallFiles", "CreateShortcuts"),
    ("RemoveRegistryValues", "WriteRegistryValues"),
    ("RemoveEnvironmentStrings", "WriteEnvironmentStrings"),
    ("StopServices", "DeleteServices"),
    ("DeleteServices", "InstallServices"),
    ("InstallServices", "StartServices"),
)
"""Pairs of which the first comes before the second."""

WANTED_BY: Final = MappingProxyType(
    {
        "AppSearch": ("AppSearch",),
        "CreateFolder": ("CreateFolders", "RemoveFolders"),
        "Environment": ("WriteEnvironmentStrings", "RemoveEnvironmentStrings"),
        "Feature": ("PublishFeatures", "UnpublishFeatures"),
        "File": ("InstallFiles", "RemoveFiles"),
        "IniFile": ("WriteIniValues", "RemoveIniValues"),
        "LaunchCondition": ("LaunchConditions",),
        "Registry": ("WriteRegistryValues", "RemoveRegistryValues"),
        "RemoveFile": ("RemoveFiles",),
        "RemoveRegistry": ("WriteRegistryValues", "RemoveRegistryValues"),
        "ServiceControl": ("StartServices", "StopServices", "DeleteServices"),
        "ServiceInstall": ("InstallServices", "DeleteServices"),
        "Shortcut": ("CreateShortcuts", "RemoveShortcuts"),
        "Upgrade": ("FindRelatedProducts", "RemoveExistingProducts"),
    }
)
"""Which actions do something with the rows of a table."""

STANDARD_PROPERTIES: Final = frozenset(
    {
        *("ActionText", "AdminUser", "ALLUSERS", "AppDataFolder", "CommonFilesFolder"),
        *("COMPANYNAME", "ComputerName", "DATABASE", "Date", "DesktopFolder", "INSTALLLEVEL"),
        *("FontsFolder", "Installed", "Intel64", "LocalAppDataFolder", "LogonUser"),
        *("MsiLogFileLocation", "Msix64", "OriginalDatabase", "PersonalFolder", "Privileged"),
        *("ProductState", "ProgramFiles64Folder", "ProgramFilesFolder", "ProgramMenuFolder"),
        *("REINSTALL", "REMOVE", "SourceDir", "StartMenuFolder", "StartupFolder", "System64Folder"),
        *("SystemFolder", "TempFolder", "Time", "UILevel", "UPGRADINGPRODUCTCODE", "USERNAME"),
        *("UserSID", "VersionMsi", "VersionNT", "VersionNT64", "WindowsFolder", "WindowsVolume"),
    }
)
"""Names in brackets that Windows Installer sets itself."""
