"""Where walks are kept: what a store can do, the one that keeps them in a file of SQLite, and the one for a Redis."""
