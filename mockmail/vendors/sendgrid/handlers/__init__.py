"""The handlers of SendGrid's operations, one module a resource."""
