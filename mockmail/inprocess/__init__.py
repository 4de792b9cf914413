"""mockmail in a test's own process: `MockMail` and what it has."""
