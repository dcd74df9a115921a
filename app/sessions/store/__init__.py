"""Where walks are kept: what a store can do, and the one that keeps them in a file of SQLite."""
