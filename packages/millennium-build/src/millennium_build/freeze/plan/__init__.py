"""The module plan: what the app can import, found without running it."""
