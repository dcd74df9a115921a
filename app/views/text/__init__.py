"""Numbers, words and names, as sentences and labels use them."""
