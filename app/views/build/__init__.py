"""The page on which a network of one's own is built."""
