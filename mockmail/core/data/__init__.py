"""State that survives: a folder of JSON that a person can read, and a log that a write costs one line of."""
