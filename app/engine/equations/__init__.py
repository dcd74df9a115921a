"""An iteration told: every equation as symbols, every symbol's number, and the mistakes that change a rule."""
