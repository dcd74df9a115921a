"""The network itself: units, layers, activations, losses, and the way forward and backward through them."""
