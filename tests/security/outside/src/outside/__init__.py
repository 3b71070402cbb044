"""An app that shows files outside it."""
