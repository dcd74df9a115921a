"""The bug lab: cases drawn from a level and a seed, and what a learner does to find what is wrong."""
