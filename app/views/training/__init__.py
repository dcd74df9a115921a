"""The panel that trains."""
