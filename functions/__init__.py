"""One folder a Lambda function; each holds one `app.py`."""
