"""HFS Plus volumes: written once, unfragmented, and read back strictly, on any system."""
