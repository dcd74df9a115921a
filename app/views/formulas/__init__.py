"""Equations as formulas: in symbols and with their numbers, as MathML, LaTeX, plain text and NumPy."""
