"""Examples to learn from: data sets drawn from a seed, their columns scaled, some kept apart for testing."""
