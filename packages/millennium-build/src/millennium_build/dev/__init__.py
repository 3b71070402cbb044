"""Runs the app from source: `millennium run` once, `millennium dev` again at every saved file."""
