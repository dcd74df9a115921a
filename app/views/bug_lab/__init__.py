"""The bug lab: its page, the panel of a hunt, and what stays hidden in it."""
