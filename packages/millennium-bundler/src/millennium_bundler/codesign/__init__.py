"""Apple's code signatures, made and checked on any system."""
