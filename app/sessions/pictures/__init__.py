"""What the pictures of a walk are drawn from: its network over the inputs, and its loss over the parameters."""
