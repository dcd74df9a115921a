"""The same iterations, many times a second: done once, recorded, and done again on the same arrays."""
