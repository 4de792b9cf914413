"""What vendors that send mail share: sent messages and their events, suppressions, identities, templates, webhooks."""
