"""Windows Installer databases: tables, their container's streams, their rules, and the rows of an app."""
