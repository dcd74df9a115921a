"""What a learner takes away: a walk as a script, a notebook, tables, questions, pictures."""
