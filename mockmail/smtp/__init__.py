"""SMTP, by aiosmtpd: the sink that stores every message, and the submission of vendors' mail."""
