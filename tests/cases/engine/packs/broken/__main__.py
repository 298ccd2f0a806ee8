"""A pack that does not start."""

import sys

sys.stderr.write("about to fail\n")
raise RuntimeError("no pack today")
