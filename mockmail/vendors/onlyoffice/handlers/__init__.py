"""DocSpace's handlers, one module for each resource of its API."""
