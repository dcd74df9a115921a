"""The explorer page, panel by panel."""
