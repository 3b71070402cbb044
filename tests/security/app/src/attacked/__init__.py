"""An app whose pages attack it."""
