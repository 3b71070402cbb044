"""Loads a large library, waits for a line, and calculates with it."""

from __future__ import annotations

import sys

import numpy as np

sys.stdout.write("loaded\n")
sys.stdout.flush()
sys.stdin.readline()
matrix = np.random.default_rng(1).random((300, 300))
solved = bool(np.allclose(np.linalg.inv(matrix) @ matrix, np.eye(300)))
sys.stdout.write(f"solved: {solved}\n")
