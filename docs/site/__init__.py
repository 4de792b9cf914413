"""The docs site: what is built from the pages in `docs/`, and from the code."""
