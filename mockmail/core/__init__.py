"""The parts of a test double that all vendors share. The core imports no vendor, no aiohttp and no asyncio."""
