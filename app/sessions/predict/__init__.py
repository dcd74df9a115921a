"""The learner answers before the walk shows: what is asked where, and what becomes of an answer."""
