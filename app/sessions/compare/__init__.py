"""Two walks beside each other, and a notebook's whole run."""
