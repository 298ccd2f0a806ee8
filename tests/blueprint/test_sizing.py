"""Every formula against a number worked out on paper."""

import pytest

from hue_infra.blueprint import sizing
from hue_infra.model.province import CameraClass, RoomClass
from hue_infra.units import Bandwidth


def camera(megapixels, codec, fps, bitrate=None):
    return CameraClass(
        megapixels=megapixels, codec=codec, fps=fps, purpose="street", bitrate=bitrate
    )


@pytest.mark.parametrize(
    ("spec", "mbps"),
    [
        # 2 Mbps a megapixel at 15 fps; 25/15 = 1.667; H.265 half.
        (camera(2, "h264", 15), 4.0),
        (camera(2, "h264", 25), 6.667),
        (camera(2, "h265", 15), 2.0),
        (camera(2, "h265", 25), 3.333),
        (camera(4, "h265", 25), 6.667),
        (camera(8, "h265", 15), 8.0),
        (camera(5, "h264", 15), 10.0),
        (camera(2, "h264", 25, "4 Mbps"), 4.0),
    ],
)
def test_camera_streams_are_those_of_the_table(spec, mbps):
    assert sizing.camera_stream(spec).mbps == pytest.approx(mbps, abs=0.001)


@pytest.mark.parametrize(
    ("resolution", "codec", "mbps"),
    [("1080p", "h264", 4.0), ("1080p", "h265", 2.0), ("720p", "h264", 2.0)],
)
def test_room_streams(resolution, codec, mbps):
    assert sizing.room_stream(RoomClass(resolution=resolution, codec=codec)).mbps == mbps


def test_a_commune_room_asks_for_six_point_three():
    """4 x 1.2 = 4.8; with 1.5 of shared screen 6.3 Mbps."""
    assert sizing.room_demand(Bandwidth(4.0)).mbps == pytest.approx(6.3)


def test_recordings_of_650_cameras():
    """2 Mbps x 10.8 GB = 21.6 GB a day; x 650 = 14.04 TB; x 30 days = 421.2 TB;
    x 1.25 x 1.2 = 631.8 TB."""
    raw = sizing.recording(Bandwidth(2.0), 650, 30)

    assert raw.tb == pytest.approx(421.2)
    assert sizing.installed(raw).tb == pytest.approx(631.8)


def test_bridge_ports():
    """60 rooms in 1080p count 120 ports; ten percent more are 132."""
    assert sizing.bridge_ports(60, 0) == 132
    assert sizing.bridge_ports(40, 5) == 94  # 85 x 1.1 = 93.5
