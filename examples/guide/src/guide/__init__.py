"""The code of the how-to pages, as one app: a module for each page."""
