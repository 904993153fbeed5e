"""SQS: the queues and the messages they carry."""
