"""Pages that send events, and say they are others."""
