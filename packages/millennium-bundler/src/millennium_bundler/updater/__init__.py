"""Updates: artifacts, deltas, the signed manifest, and the feed that Tauri's updater reads."""
