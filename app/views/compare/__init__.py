"""Two walks side by side."""
