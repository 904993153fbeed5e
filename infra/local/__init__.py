"""The whole service on one machine: the real template on an embedded AWS, and a fake Amazon."""
