"""The verbs of reporting, inside the caller's transaction."""
