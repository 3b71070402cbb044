"""The corridor between page and Python: wire, gate, commands, channels, one bridge per window."""
