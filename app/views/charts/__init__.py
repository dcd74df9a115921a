"""What all pictures share: axes, lines, maps, marks and the tables beside them."""
