"""The walks of a browser: its list, and what is asked before one is deleted, shared or gets another address."""
