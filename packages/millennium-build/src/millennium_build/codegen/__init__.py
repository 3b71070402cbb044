"""Compile configuration and page into the package that the frozen app starts from."""
