"""The referee: gradients by differences of the loss. It shares no formula with the way backward."""
