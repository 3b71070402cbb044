"""The one configuration of an app: its keys, where they are found, what is wrong with them.

* `millennium.config.schema` holds the keys; a released app imports nothing else of this room.
* `millennium.config.load` reads the project's files, in development and at build.
* `millennium.config.export` prints the configuration and its JSON Schema.
"""
