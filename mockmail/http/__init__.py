"""HTTP, by aiohttp: the pipeline from a request to a response."""
