"""SpaceDog's rules: one file for each resource of its API."""
