"""The schema of the store's file, version by version: an old file is brought forward, a newer one is left alone."""

import sqlite3

FIRST = (
    "CREATE TABLE session (id TEXT PRIMARY KEY, rev INTEGER NOT NULL, fixed TEXT NOT NULL, moving TEXT NOT NULL,"
    " touched REAL NOT NULL)",
    "CREATE INDEX session_touched ON session (touched)",
)
OPERATION_KEYS = (
    "ALTER TABLE session ADD COLUMN operations TEXT NOT NULL DEFAULT ''",
    "CREATE TABLE pulse (beats INTEGER NOT NULL)",  # one row, written to see whether the file can be written
    "INSERT INTO pulse VALUES (0)",
)
CLOCK = (
    "ALTER TABLE pulse ADD COLUMN seconds REAL NOT NULL DEFAULT 0",  # that programs have served the file
    "UPDATE session SET touched = 0",  # in these seconds: dates, which may have been wrong, are not looked at any more
)
READERS = (
    "ALTER TABLE session ADD COLUMN reader TEXT",  # a second key, by which the session is only looked at
    "CREATE UNIQUE INDEX session_reader ON session (reader)",
)
CLASSES = (
    "CREATE TABLE classroom (id TEXT PRIMARY KEY, code TEXT NOT NULL UNIQUE, rev INTEGER NOT NULL,"
    " document TEXT NOT NULL, open TEXT NOT NULL, touched REAL NOT NULL)",  # open: the round that takes votes, or empty
    "CREATE TABLE vote (number INTEGER PRIMARY KEY, classroom TEXT NOT NULL, round TEXT NOT NULL, seat TEXT NOT NULL,"
    " key TEXT NOT NULL, answer TEXT NOT NULL, UNIQUE (classroom, round, seat, key))",
)
# The n-th leads from version n to n + 1; one that was published never changes.
MIGRATIONS = (FIRST, OPERATION_KEYS, CLOCK, READERS, CLASSES)
VERSION = len(MIGRATIONS)


class StoreVersionError(RuntimeError):
    """The file was written by a newer program, which this one cannot read."""

    def __init__(self, found: int) -> None:
        super().__init__(
            f"The sessions were written by a newer version of the program: their file has version {found}, this "
            f"program knows versions up to {VERSION}. Start the newer program, or name another directory with --data."
        )


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the file to this program's version, in one transaction. StoreVersionError for a newer file."""
    if version_of(connection) == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")  # of several processes one migrates; the others wait here and find it done
    with connection:
        found = version_of(connection)
        for statements in MIGRATIONS[found:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")


def version_of(connection: sqlite3.Connection) -> int:
    """The file's version, 0 for an empty one. StoreVersionError for a newer one than this program knows."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise StoreVersionError(version)
    return int(version)
