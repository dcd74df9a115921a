"""What the numerical check says of gradients."""
