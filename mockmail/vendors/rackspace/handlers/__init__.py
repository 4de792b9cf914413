"""Rackspace's rules: one file for each noun of its API, and the two that they share."""
