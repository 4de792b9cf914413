"""The handlers of Brevo's operations, one module a resource."""
