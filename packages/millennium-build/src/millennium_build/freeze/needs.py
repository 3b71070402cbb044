"""What an executable needs of the system: libraries by soname, and the newest symbols of each."""

from __future__ import annotations

from dataclasses import dataclass, field

from millennium_build.elf import highest_version, read_elf


@dataclass(slots=True)
class SystemNeeds:
    """Collects the needs of every binary that goes in."""

    sonames: set[str] = field(default_factory=set)
    versions: dict[str, set[str]] = field(default_factory=dict)

    def note_versions(self, data: bytes) -> None:
        """Remember which symbol versions a binary needs of which library."""
        for soname, versions in read_elf(data).versions.items():
            self.versions.setdefault(soname, set()).update(versions)

    def note_all(self, data: bytes) -> None:
        """Remember that every library a binary needs is the system's."""
        self.sonames.update(read_elf(data).needed)
        self.note_versions(data)

    def symbol_versions(self) -> dict[str, str]:
        """Return soname → highest version needed, for the libraries that number theirs."""
        highest = {
            name: highest_version(tuple(self.versions.get(name, ()))) for name in self.sonames
        }
        return {name: version for name, version in sorted(highest.items()) if version}
