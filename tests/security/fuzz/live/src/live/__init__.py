"""An app whose page, and whose private world, say anything at all to it."""
