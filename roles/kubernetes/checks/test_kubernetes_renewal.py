"""What is true of platforms' certificates, which machines in control renew."""

import datetime
import json

import pytest

PROGRAM = "/usr/local/sbin/kubernetes-renewal"
GRACE = datetime.timedelta(days=1)
"""What an authority that is away for a while may cost, and nobody need know."""

pytestmark = pytest.mark.usefixtures("control_plane", "renewing")


@pytest.fixture
def renewing(variables):
    """What concerns clusters of a province that has an authority."""
    if not variables["kubernetes_renewal_server"]:
        pytest.skip("there is no authority to renew with")


def test_platforms_certificates_are_looked_at_by_a_timer(host):
    timer = host.service("kubernetes-renewal.timer")

    assert timer.is_running
    assert timer.is_enabled


def test_no_platforms_certificate_is_past_its_time(host):
    told = json.loads(host.check_output(f"{PROGRAM} list"))
    late = datetime.datetime.now(datetime.UTC) - GRACE
    due = {one["secret"]: one.get("due") for one in told}

    assert [one for one, at in due.items() if not at] == []
    assert [one for one, at in due.items() if datetime.datetime.fromisoformat(at) < late] == []
