"""Vendor state: records, TinyDB tables, indexes, transactions, and the database file of a sandbox."""
