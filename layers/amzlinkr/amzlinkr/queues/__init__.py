"""SQS: the queues, the messages they carry, and the processing of batches."""
