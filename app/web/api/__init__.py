"""The JSON API: what it accepts, and what it answers."""
