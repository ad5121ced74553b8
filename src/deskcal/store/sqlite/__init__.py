"""The embedded store: one SQLite database in a directory, used by one process."""
