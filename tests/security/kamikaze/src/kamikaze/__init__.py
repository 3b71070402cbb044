"""An app that asks its pages."""
