"""Freezers: one executable from a module plan."""
