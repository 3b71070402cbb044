"""Walks over traps."""
