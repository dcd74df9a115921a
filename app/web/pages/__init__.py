"""The pages, a router for each feature."""
