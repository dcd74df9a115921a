"""One learner's work: a walk with its verbs, and where walks are kept."""
