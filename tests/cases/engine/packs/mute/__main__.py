"""A pack that prints something else than its port, and goes on running."""

import sys
import time

sys.stdout.write("hello\n")
sys.stdout.flush()
time.sleep(60)
