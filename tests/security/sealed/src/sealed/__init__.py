"""An app with sealed commands."""
