"""Backprop Explorer: one training example, walked through a network equation by equation."""
