"""Write ``provinces/province.schema.json`` from the types; a test holds it up to date."""

from pathlib import Path

from hue_infra.model.schema import province_schema

if __name__ == "__main__":
    target = Path(__file__).parent.parent / "provinces" / "province.schema.json"
    target.write_text(province_schema(), "utf-8")
    print(target)
