"""A class: one walk that all follow, questions that all answer before anyone sees, and the seats that do."""
