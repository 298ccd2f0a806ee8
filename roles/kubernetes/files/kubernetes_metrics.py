#!/usr/bin/python3
"""Keep the certificate by which metrics-server is known, so that the API server can check it.

Lives on machines in control as ``/usr/local/sbin/kubernetes-metrics``; needs Python's standard
library, openssl and kubectl.  The cluster's authority signs it; it lies in the cluster as a secret
alone, and metrics-server takes a new one up by itself.
"""

import base64
import json
import subprocess
import sys
import tempfile
from pathlib import Path

PKI = Path("/etc/kubernetes/pki")
KUBECTL = ("kubectl", "--kubeconfig=/etc/kubernetes/admin.conf", "--namespace=kube-system")
HELD_IN = "metrics-server-tls"
NAME = "metrics-server.kube-system.svc"
DAYS = 365
LEAST_SECONDS = 90 * 86400
"""As of the control plane's own: renewed with a quarter left."""
EXTENSIONS = f"""basicConstraints=critical,CA:false
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
subjectAltName=DNS:{NAME}
"""


def main() -> None:
    """Renew the certificate when it is due or not of this authority; say whether that was so."""
    done = "kept"
    with tempfile.TemporaryDirectory(dir="/run") as name:
        if not is_good(Path(name)):
            lay(*made(Path(name)))
            done = "renewed"
    sys.stdout.write(f"{done}\n")


def is_good(work: Path) -> bool:
    """Whether the cluster has one that lasts and that the authority has signed."""
    said = _run(*KUBECTL, "get", "secret", HELD_IN, "--ignore-not-found", "--output=json")
    if not said:
        return False
    held = work / "held.crt"
    held.write_bytes(base64.b64decode(json.loads(said)["data"]["tls.crt"]))
    lasts = ("openssl", "x509", "-in", held, "-noout", "-checkend", str(LEAST_SECONDS))
    signed = ("openssl", "verify", "-CAfile", PKI / "ca.crt", held)
    return all(_asked(*argv).returncode == 0 for argv in (lasts, signed))


def made(work: Path) -> tuple:
    """Key and certificate, new; only root reads *work*, which is in memory."""
    key, request, extensions = work / "key", work / "request", work / "extensions"
    extensions.write_text(EXTENSIONS)
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    _run("openssl", "req", "-new", *curve, "-keyout", key, "-out", request, "-subj", f"/CN={NAME}")
    signer = ("-CA", PKI / "ca.crt", "-CAkey", PKI / "ca.key", "-days", str(DAYS))
    serial = _run("openssl", "rand", "-hex", "16").strip()
    certificate = _run(
        *("openssl", "x509", "-req", "-in", request, "-sha256", "-extfile", extensions),
        *(*signer, "-set_serial", f"0x{serial}"),
    )
    return key.read_text(), certificate


def lay(key: str, certificate: str) -> None:
    """Give them to the cluster."""
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/tls",
        "metadata": {"name": HELD_IN, "namespace": "kube-system"},
        "stringData": {"tls.key": key, "tls.crt": certificate},
    }
    apply = ("apply", "--server-side", "--force-conflicts", "--field-manager=hue-infra")
    _run(*KUBECTL, *apply, "--filename=-", text=json.dumps(secret))


def _run(*argv: object, text: str = "") -> str:
    """Run a program and return what it printed."""
    done = _asked(*argv, text=text)
    if done.returncode != 0:
        sys.exit(f"kubernetes-metrics: {argv[0]} failed: {done.stderr.strip()[-600:]}")
    return done.stdout


def _asked(*argv: object, text: str = "") -> subprocess.CompletedProcess:
    words = [str(word) for word in argv]
    return subprocess.run(words, input=text, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    main()
