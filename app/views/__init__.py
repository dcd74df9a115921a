"""What is shown: numbers become text, formulas, positions and words. Pure functions; no HTTP, no templates."""
