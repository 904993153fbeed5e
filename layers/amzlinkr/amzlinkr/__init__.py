"""AmzLinkr: the code that all functions share, shipped as one Lambda layer.

On Lambda, its import pauses the garbage collector, which would search the modules again and again
while they are imported. `wiring.initialize` resumes it.
"""

import gc

from amzlinkr.config import runs_on_lambda

if runs_on_lambda():
    gc.disable()

SERVICE_VERSION = "0.2.0"
