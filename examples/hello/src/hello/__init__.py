"""Hello: the smallest app that is one."""
