"""Local development: the template on an AWS emulator, a fake Amazon, and a demo."""
