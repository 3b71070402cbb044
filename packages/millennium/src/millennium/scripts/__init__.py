"""The JavaScript that Millennium injects, and the one place that builds JavaScript text."""
