"""The control API under `/_mockmail/`: one file a noun. The OpenAPI document comes from the same tables."""
