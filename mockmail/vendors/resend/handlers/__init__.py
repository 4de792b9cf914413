"""The handlers of Resend's operations, one module a resource."""
