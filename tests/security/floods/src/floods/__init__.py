"""One window floods, the other measures how well it is served."""
