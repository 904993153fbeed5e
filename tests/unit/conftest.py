"""Property tests: no time limit for one example, nothing kept between runs."""

from hypothesis import settings

settings.register_profile("amzlinkr", deadline=None, database=None, derandomize=True)
settings.load_profile("amzlinkr")
