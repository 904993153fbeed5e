"""The operator's tool: `python -m infra.admin`, against AWS or the local stack."""
