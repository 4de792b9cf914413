"""What a test double for a mail API is made of, whoever the vendor: no vendor, no aiohttp, no asyncio."""
