"""The table of versions agrees with the module that is built."""

import re
from pathlib import Path

import pytest

from hue_infra.tools import platform_images
from hue_infra.tools.pins import pins

KUBE = pins().program["kube"].source


def required(module: str, source: Path = KUBE) -> str:
    text = (source / "go.mod").read_text("utf-8")
    found = re.search(rf"^\t{re.escape(module)} (v\S+)", text, re.MULTILINE)
    assert found, module
    return found.group(1)


def test_versions_are_those_of_the_module() -> None:
    cluster = pins().cluster

    assert required("k8s.io/kubernetes") == cluster.kubernetes
    assert required("github.com/coredns/coredns") == cluster.coredns
    assert required("sigs.k8s.io/metrics-server") == cluster.metrics_server
    for part in ("server", "etcdctl", "etcdutl"):
        assert required(f"go.etcd.io/etcd/{part}/v3") == f"v{cluster.etcd}"
    assert required("helm.sh/helm/v3") == pins().program["helm"].version


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("messaging", "github.com/nats-io/nats-server/v2"),
        ("objects", "github.com/versity/versitygw"),
    ],
)
def test_a_server_that_we_build_upon_is_of_one_version(name: str, module: str) -> None:
    program = pins().program[name]
    images = [one for one in platform_images.table().image.values() if name in one.programs]

    assert required(module, program.source) == f"v{program.version}"
    assert images
    for one in images:
        chart = Path(__file__).parents[2] / f"charts/{one.chart}/Chart.yaml"
        assert one.tag == program.version
        assert f'appVersion: "{program.version}"' in chart.read_text("utf-8")


def test_programs_say_the_version_that_they_are() -> None:
    for name in ("helm", "kube"):
        program = pins().program[name]

        assert program.version in program.stamp.values()


def test_the_ingress_is_of_the_version_that_its_module_and_its_image_are_called_by() -> None:
    program = pins().program["envoy-gateway"]

    assert required("github.com/envoyproxy/gateway", program.source) == program.version
    assert program.version in program.stamp.values()
    assert f"v{platform_images.table().image['ingress'].tag}" == program.version


def test_the_go_that_is_taken_where_none_is_new_enough_builds_every_module() -> None:
    for source in {program.source for program in pins().program.values()}:
        text = (source / "go.mod").read_text("utf-8")
        (asked,) = re.findall(r"^go (\S+)$", text, re.MULTILINE)

        assert numbers(asked) <= numbers(pins().go.minimum) <= numbers(pins().go.version)


def numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def test_libraries_of_kubernetes_are_of_one_version() -> None:
    text = (KUBE / "go.mod").read_text("utf-8")
    replaced = dict(re.findall(r"^\t(k8s.io/\S+) => \1 (v\S+)$", text, re.MULTILINE))

    assert len(replaced) == 31
    assert set(replaced.values()) == {pins().cluster.kubernetes.replace("v1.", "v0.")}


def test_programs_of_the_table_are_those_of_the_source() -> None:
    source = Path(KUBE / "main.go").read_text("utf-8")
    named = re.findall(r'^\t"([a-z-]+)": ', source, re.MULTILINE)

    assert sorted(named) == sorted(pins().program["kube"].names)
