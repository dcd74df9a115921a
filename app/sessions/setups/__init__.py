"""A setup as a document, as a form that is being filled in, and from a learner's own table."""
