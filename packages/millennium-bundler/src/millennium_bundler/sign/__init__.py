"""Signing: what is promised (`signing`) and the signers that keep it, one kind a module."""
