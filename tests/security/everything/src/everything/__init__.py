"""An app that turns everything on."""
