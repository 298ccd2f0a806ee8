"""What the checks of a cluster's nodes have in common."""

import pytest


@pytest.fixture
def control_plane(variables):
    """What concerns the machines in control alone."""
    if not variables["kubernetes_is_control_plane"]:
        pytest.skip("this machine runs workloads alone")
