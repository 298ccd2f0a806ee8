"""The table of versions agrees with the module that is built."""

import re
from pathlib import Path

from hue_infra.tools import artefacts
from hue_infra.tools.pins import pins


def required(module: str) -> str:
    text = (artefacts.SOURCE / "go.mod").read_text("utf-8")
    found = re.search(rf"^\t{re.escape(module)} (v\S+)", text, re.MULTILINE)
    assert found, module
    return found.group(1)


def test_versions_are_those_of_the_module() -> None:
    cluster = pins().cluster

    assert required("k8s.io/kubernetes") == cluster.kubernetes
    assert required("github.com/coredns/coredns") == cluster.coredns
    for part in ("server", "etcdctl", "etcdutl"):
        assert required(f"go.etcd.io/etcd/{part}/v3") == f"v{cluster.etcd}"
    assert required("helm.sh/helm/v3") == pins().program["helm"].version


def test_programs_say_the_version_that_they_are() -> None:
    for name in ("helm", "kube"):
        program = pins().program[name]

        assert program.version in program.stamp.values()


def test_libraries_of_kubernetes_are_of_one_version() -> None:
    text = (artefacts.SOURCE / "go.mod").read_text("utf-8")
    replaced = dict(re.findall(r"^\t(k8s.io/\S+) => \1 (v\S+)$", text, re.MULTILINE))

    assert len(replaced) == 31
    assert set(replaced.values()) == {pins().cluster.kubernetes.replace("v1.", "v0.")}


def test_programs_of_the_table_are_those_of_the_source() -> None:
    source = Path(artefacts.SOURCE / "main.go").read_text("utf-8")
    named = re.findall(r'^\t"([a-z-]+)": ', source, re.MULTILINE)

    assert sorted(named) == sorted(pins().program["kube"].names)
