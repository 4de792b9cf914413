"""mockmail in a test's own process: `MockMail` and its inbox, requests and faults."""
