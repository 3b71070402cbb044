"""Compares configuration, code and page without running the app.

* `millennium_build.check.code` reads the app's Python as syntax.
* `millennium_build.check.page` reads its HTML and JavaScript as text.
* `millennium_build.check.rules` says what does not fit together.
"""
