"""Handlers of atmail's operations, one module for each resource of its API."""
