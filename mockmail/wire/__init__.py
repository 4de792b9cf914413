"""Wire formats, whoever speaks them: XML, JSON, forms, credentials in headers. No vendor."""
