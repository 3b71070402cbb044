"""Solves, transforms and writes pictures; prints one JSON object."""

from __future__ import annotations

import io
import json

import numpy as np
from PIL import Image

FORMATS = ("BMP", "GIF", "ICO", "JPEG", "PNG", "TIFF", "WEBP")


def survives(matrix: np.ndarray, name: str) -> bool:
    file = io.BytesIO()
    picture = Image.fromarray((matrix * 255).astype("uint8")).convert("RGB").resize((64, 64))
    picture.save(file, name)
    read = Image.open(io.BytesIO(file.getvalue()))
    read.load()
    return read.size == (64, 64)


matrix = np.random.default_rng(1).random((100, 100))
print(
    json.dumps(
        {
            "solved": bool(np.allclose(np.linalg.solve(matrix, matrix), np.eye(100))),
            "transformed": np.fft.fft(np.ones(4)).real[:2].tolist(),
            "formats": [name for name in FORMATS if survives(matrix, name)],
        }
    )
)
