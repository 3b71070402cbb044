"""An app whose pages try what a policy must stop."""
