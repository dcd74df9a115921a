"""HTTP: pages and the JSON API, both thin over the verbs of a session."""
