"""Write an encryption configuration of the API server with a key of its own, for root alone."""

import base64
import os
import sys
from pathlib import Path

TEXT = """apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: [secrets]
    providers:
      - secretbox:
          keys:
            - name: first
              secret: {key}
      - identity: {{}}
"""

target = Path(sys.argv[1])
part = target.with_suffix(".part")
part.touch(0o600)
part.chmod(0o600)
part.write_text(TEXT.format(key=base64.b64encode(os.urandom(32)).decode()))
part.rename(target)
