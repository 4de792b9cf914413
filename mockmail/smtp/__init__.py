"""SMTP, by aiosmtpd: the sink that keeps every message, and the submission that vendors send by."""
