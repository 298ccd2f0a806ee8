"""Whose fields are whose, from what the server notes of an object."""

import json

from hue_infra.providers.kubernetes import objects, ownership

OURS = {
    "manager": "hue-infra",
    "operation": "Apply",
    "fieldsV1": {"f:data": {"f:a": {}}},
}
KUBECTL = {
    "manager": "kubectl-edit",
    "operation": "Update",
    "fieldsV1": {"f:data": {"f:b": {}}, "f:spec": {"f:list": {'k:{"name":"x"}': {".": {}}}}},
}
CONTROLLER = {
    "manager": "kube-controller-manager",
    "operation": "Update",
    "subresource": "status",
    "fieldsV1": {"f:status": {"f:ready": {}}},
}
SCALED = {
    "manager": "kubectl",
    "operation": "Update",
    "subresource": "scale",
    "fieldsV1": {"f:spec": {"f:replicas": {}}},
}


def live(*entries):
    return {"metadata": {"managedFields": list(entries)}, "data": {"a": "1", "b": "2"}}


def test_what_only_a_hand_wrote_is_found_at_its_outermost() -> None:
    found = ownership.by_hand(live(OURS, KUBECTL, CONTROLLER, SCALED))

    assert found == [("f:data", "f:b"), ("f:spec", "f:list", 'k:{"name":"x"}')]


def test_taken_over_it_is_ours_and_a_controllers_stays() -> None:
    *kept, own = ownership.taken_over(live(CONTROLLER, OURS, KUBECTL, SCALED))

    assert kept == [CONTROLLER]
    assert (own["manager"], own["operation"]) == ("hue-infra", "Apply")
    assert own["fieldsV1"]["f:data"] == {"f:a": {}, "f:b": {}}
    assert "f:replicas" not in json.dumps(own)


def test_a_restart_is_nobodys_wish() -> None:
    restarted = {**KUBECTL, "manager": "kubectl-rollout"}

    assert ownership.by_hand(live(OURS, restarted)) == []
    assert restarted in ownership.taken_over(live(OURS, restarted))


def test_a_value_is_found_and_put_by_the_servers_path() -> None:
    path = ("f:spec", "f:containers", 'k:{"name":"b"}', "f:image")
    obj = {"spec": {"containers": [{"name": "a"}, {"name": "b", "image": "one"}]}}

    assert ownership.value_at(obj, path) == "one"
    made = ownership.with_value({"spec": {"containers": [{"name": "a"}]}}, path, "two")
    assert made == {"spec": {"containers": [{"name": "a"}, {"name": "b", "image": "two"}]}}
    assert ownership.value_at(obj, ("f:nothing", "f:there")) is None


def test_an_item_of_a_list_that_differs_is_told_without_the_servers_own_values() -> None:
    inputs = {"list": [{"name": "a", "image": "1"}, {"name": "b", "image": "1"}]}
    wished = {"list": [{**one, "policy": "Always"} for one in inputs["list"]]}
    there = {"list": [wished["list"][0], {**wished["list"][1], "image": "2"}]}

    assert objects.drifted(inputs, there, wished) == {
        "list": [{"name": "a", "image": "1"}, {"name": "b", "image": "2"}]
    }
    assert objects.drifted(inputs, wished, wished) == inputs


def test_what_is_gone_from_an_object_is_gone_from_its_inputs() -> None:
    inputs = {"data": {"a": "1", "b": "2"}, "list": [{"name": "a"}, {"name": "b"}]}
    there = {"data": {"b": "2"}, "list": [{"name": "b"}]}

    assert objects.drifted(inputs, there, inputs) == there


def test_names_with_dots_stand_in_quotes() -> None:
    found = dict(objects.differences({"data": {"a.b": "1"}}, {"data": {"a.b": "2", "c": "3"}}))

    assert found == {'data["a.b"]': "update", "data.c": "add"}
