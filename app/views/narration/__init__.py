"""Each equation of the walk in plain sentences."""
