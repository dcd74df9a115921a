"""The bug lab: its page, and the panel of a hunt."""
