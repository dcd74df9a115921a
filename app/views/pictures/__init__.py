"""The page of pictures: what a network, its training and its loss look like."""
