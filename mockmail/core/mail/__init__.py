"""Mail that was sent: kept byte for byte, found, waited for, and delivered to the mailboxes that vendors host."""
