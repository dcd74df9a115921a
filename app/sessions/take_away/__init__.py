"""What leaves the program with a learner, and comes back: a walk as a link."""
