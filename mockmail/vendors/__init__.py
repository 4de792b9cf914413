"""The vendors: one package each, found by `discover`."""
