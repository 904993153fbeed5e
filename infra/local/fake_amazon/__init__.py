"""A stand-in for Amazon's two product APIs and their token services that runs on this machine."""
