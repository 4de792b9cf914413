"""The handlers of Mailgun's operations, one module for each resource."""
