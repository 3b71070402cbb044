"""An app whose calls pass an isolation frame."""
