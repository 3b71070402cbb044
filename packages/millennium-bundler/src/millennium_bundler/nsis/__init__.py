"""What the NSIS installer is made of: its script, its texts, its compiler and its reader."""
