"""What decides a training from its first bit on, checked once when it is built."""
