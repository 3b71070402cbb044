"""An app that serves its pages on the loopback address too."""
