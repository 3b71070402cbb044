"""The machines that an .msi can be for."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What Windows Installer calls a machine, and what it has there.

    Attributes:
        name: As the target has it.
        platform: As the summary has it.
        file_word: As the file's name has it.
        programs_folder: The standard folder of programs.
        is_64_bit: Whether its components are of 64 bits.
        schema: The least version of Windows Installer, times 100.
    """

    name: str
    platform: str
    file_word: str
    programs_folder: str = "ProgramFiles64Folder"
    is_64_bit: bool = True
    schema: int = 450


MACHINES: Final = MappingProxyType(
    {
        machine.name: machine
        for machine in (
            Machine(name="x86_64", platform="x64", file_word="x64"),
            Machine(
                name="i686",
                platform="Intel",
                file_word="x86",
                programs_folder="ProgramFilesFolder",
                is_64_bit=False,
            ),
            Machine(name="aarch64", platform="Arm64", file_word="arm64", schema=500),
        )
    }
)
"""By the first word of a target."""
