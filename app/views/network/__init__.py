"""The drawing of a network: where its marks stand, and what each shows."""
