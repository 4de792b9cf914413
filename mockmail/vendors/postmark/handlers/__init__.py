"""The handlers of Postmark's operations, one module a resource."""
