import json

from hue_infra.blueprint.document import to_json


def test_the_document_holds_the_whole_blueprint(hue):
    document = json.loads(to_json(hue))

    assert document["schema"] == 1
    assert len(document["machines"]) == len(hue.machines)
    assert len(document["cameras"]) == len(hue.cameras)
    link = next(one for one in document["links"] if one["id"] == "phuxuan-1")
    assert link["capacity_mbps"] == 500
    assert link["load"]["users_mbps"] == 40
    assert link["ipv4"].endswith("/31")
    assert document["storage"][0]["raw_tb"] > 0
    assert document["date"] == "2026-11-22"
    assert document["cameras"][0]["spec"]["codec"] == "h265"
