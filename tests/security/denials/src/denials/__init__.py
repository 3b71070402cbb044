"""An app whose pages ask for everything."""
