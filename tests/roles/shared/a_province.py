"""The reference province with something that watches it, for which every role has work."""

from pathlib import Path

HUE = Path(__file__).parents[3] / "provinces/hue/province.yaml"
WATCHED = """platforms:
  monitoring:
    chart: observability
    cluster: shared
    level: 3
    hosts: [giam-sat.hue.gov.vn]
"""


def watched(directory: Path) -> Path:
    """Write its file into *directory*."""
    text = HUE.read_text("utf-8")
    assert "platforms:\n" in text
    file = directory / "province.yaml"
    file.write_text(text.replace("platforms:\n", WATCHED, 1), "utf-8")
    return file
