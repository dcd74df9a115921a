"""A gradient as the sum over its paths."""
