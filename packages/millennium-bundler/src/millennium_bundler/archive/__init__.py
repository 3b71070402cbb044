"""Containers that packages are made of, each with its writer and its strict reader."""
