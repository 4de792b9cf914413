"""What mockmail claims about speed, measured."""
