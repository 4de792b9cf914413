"""TLS towards clients: the certificate authority and its certificates, and connections in TLS."""
