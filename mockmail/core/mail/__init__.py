"""Messages: stored byte for byte, searched, waited for, and delivered to the mailboxes that vendors host."""
