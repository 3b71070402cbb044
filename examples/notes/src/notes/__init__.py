"""Notes: plain text, full-text search, Markdown in and out."""
