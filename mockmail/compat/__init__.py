"""The APIs of Mailpit and MailHog over a sandbox's messages, for clients and tests that were written for them."""
