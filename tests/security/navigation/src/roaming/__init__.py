"""An app whose windows go where they should not."""
