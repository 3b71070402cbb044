"""An app whose frames, workers and popups attack it."""
