"""Application logic that handlers share. Services receive their collaborators as arguments."""
