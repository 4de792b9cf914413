"""The handlers of Adaxes, a module for each resource."""
