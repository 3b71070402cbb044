"""Squashfs 4.0 images: written (`write`) and read back (`read`) in Python alone, on any system."""
