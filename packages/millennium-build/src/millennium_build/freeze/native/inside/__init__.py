"""Modules that run inside the frozen app; nothing here is imported by the build."""
