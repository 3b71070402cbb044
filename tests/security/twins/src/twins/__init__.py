"""An app with two windows, one of which has the secrets of the other."""
