"""SES's handlers, a module for each resource; version 1's are translated to version 2's in `query_*.py`."""
