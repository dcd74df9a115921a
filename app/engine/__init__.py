"""The mathematics: NumPy only. It knows nothing of lessons, sessions, pages or HTTP."""
