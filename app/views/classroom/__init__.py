"""What a class sees: the question on the wall and what came of it, the teacher's screen, and a learner's."""
