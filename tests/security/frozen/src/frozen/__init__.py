"""An app whose pages cannot plant into Object.prototype."""
