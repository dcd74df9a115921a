"""What is asked before the walk shows, and what was behind an answer."""
