"""The package formats, one module each; found by the entry-point group `millennium.formats`."""
