"""The app with all its parts."""

from __future__ import annotations

import guide.calls
import guide.data
import guide.events
import guide.failures
import guide.progress
import guide.questions
import guide.settings
import guide.shared
import guide.weather
import guide.windows  # noqa: F401 - each adds its commands
from guide.app import app

__all__ = ["app"]

if __name__ == "__main__":
    app.run()
