"""Colours and letters of the drawings."""

from hue_infra.model.kinds import ZoneKind

FONT = "'Noto Sans', 'Be Vietnam Pro', 'DejaVu Sans', 'Segoe UI', sans-serif"

INK = "#0f2540"
MUTED = "#5b6b80"
LINE = "#93a4b8"
GROUND = "#f4f7fb"
ACCENT = "#0b5cad"

ZONES = {
    ZoneKind.BORDER: "#d9480f",
    ZoneKind.DMZ: "#e8960c",
    ZoneKind.SERVER: "#1971c2",
    ZoneKind.DATABASE: "#5f3dc4",
    ZoneKind.MANAGEMENT: "#c2255c",
    ZoneKind.INTERNAL: "#2f9e44",
    ZoneKind.WIRELESS: "#66a80f",
    ZoneKind.CONFERENCE: "#0c8599",
    ZoneKind.CAMERA: "#7a5230",
    ZoneKind.VOICE: "#868e96",
}

USES = {
    "conference": "#0c8599",
    "cameras": "#7a5230",
    "users": "#2f9e44",
    "voice": "#868e96",
}
"""Shades of a load bar: each use has the colour of its zone."""

BELOW = "#2b8a3e"
ABOVE = "#d9730d"

STYLE = f"""
text {{ font-family: {FONT}; fill: {INK}; }}
.title {{ font-size: 27px; font-weight: 700; }}
.facts {{ font-size: 13px; fill: {MUTED}; }}
.h1 {{ font-size: 15px; font-weight: 700; }}
.h3 {{ font-size: 12.5px; font-weight: 700; }}
.h2 {{ font-size: 11.5px; font-weight: 600; }}
.small {{ font-size: 10px; fill: {MUTED}; }}
.mono {{ font-size: 9.5px; fill: {MUTED}; }}
.number {{ font-size: 10px; font-weight: 600; }}
.tag {{ font-size: 9.5px; font-weight: 600; fill: #ffffff; }}
.white {{ font-size: 11.5px; font-weight: 600; fill: #ffffff; }}
.card {{ fill: #ffffff; stroke: #d4dde8; stroke-width: 1; }}
.lab {{ fill: #ffffff; stroke: {ACCENT}; stroke-width: 2; }}
.panel {{ fill: #e9eff6; }}
.head {{ fill: #ffffff; stroke: {INK}; stroke-width: 1.2; }}
.chip {{ fill: #f8fafc; stroke: #e1e8f0; stroke-width: 1; }}
.machine {{ fill: #eef4fb; stroke: #c5d6e8; stroke-width: 1; }}
.bar {{ fill: #e5ebf2; }}
.band {{ fill: {INK}; }}
"""
