"""The files of the page: found by a key that cannot climb, served without a server."""
