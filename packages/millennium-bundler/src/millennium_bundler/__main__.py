"""Lets `python -m millennium_bundler` do what `millennium-bundler` does."""

from __future__ import annotations

from millennium_bundler.cli import main

main()
