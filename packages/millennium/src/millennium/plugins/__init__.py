"""Plug-ins that ship with the framework: none is loaded unless an app imports it by name."""
