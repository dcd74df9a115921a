"""A walk through the equations: where it stands, the verbs that move it, and what the learner changed on the way."""
