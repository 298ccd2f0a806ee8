"""What the commands about a cluster ask of it, and what they tell."""

import datetime
import json
import re
from dataclasses import dataclass, field, replace

import pytest

from hue_infra.blueprint.plan import ClusterPlan
from hue_infra.cli import caring
from hue_infra.cli.options import province_file
from hue_infra.errors import InputError, RemoteError
from hue_infra.stacks.care import Care, ClusterStatus, Expiry, Node, Snapshot, Workload
from hue_infra.stacks.operations import Deployment, Settings
from hue_infra.stacks.upgrades import Turn

NIGHT = Snapshot("20261126T010000Z", "2026-11-26T01:00:00+00:00", "timer", 7, 1234, 5 << 20)
LATER = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=200, hours=1)
WELL = ClusterStatus(
    "main",
    "https://127.0.0.1:6443",
    "",
    (Node("dc-kube1", "v1.34.4", ""),),
    (Workload("Deployment", "portal", "portal", ""),),
    (Expiry("apiserver", LATER),),
    (NIGHT,),
)
HANGING = Workload("Deployment", "portal", "portal", "pod portal-1 finds no node")
PLAN = ClusterPlan("main", 2, ("dc-kube1",), (), ("k8s.dc.hue.gov.vn",), 6443, None, None, None)


@dataclass
class Cluster:
    """Plays a cluster; remembers in `asked` what was asked."""

    standing: ClusterStatus = WELL
    plan: ClusterPlan = PLAN
    asked: list = field(default_factory=list)

    def status(self):
        return self.standing

    awaited = status

    def snapshots(self):
        return self.standing.snapshots

    def save(self):
        self.asked.append("save")
        return NIGHT

    chosen = Care.chosen

    def restore(self, snapshot):
        self.asked.append(("restore", snapshot.name))
        return self.standing

    def rotate(self, tell):
        tell("dc-kube1: the new key is written with")
        self.asked.append("rotate")
        return "key-20261127t020000z"

    def kubeconfig(self, hours, *, admin=False):
        self.asked.append(("kubeconfig", hours, admin))
        return "apiVersion: v1\n"


@pytest.fixture
def cluster(monkeypatch):
    def playing(**part):
        made = Cluster(**part)
        monkeypatch.setattr(caring, "opened", lambda chosen, name, output: made)
        return made

    return playing


def test_status_tells_how_a_cluster_stands(hue, cluster):
    cluster()
    done = hue("cluster", "status")

    assert done.exit_code == 0
    assert "https://127.0.0.1:6443  answers" in done.stdout
    assert "1 of 1 in order" in done.stdout
    assert "(200 days)" in done.stdout
    assert "1, the newest of" in done.stdout
    assert "dc-kube1" in done.stdout
    assert "portal/portal" not in done.stdout
    assert "portal/portal" in hue("cluster", "status", "--verbose").stdout


def test_what_hangs_is_told_with_the_reason(hue, cluster):
    cluster(standing=replace(WELL, workloads=(HANGING,)))
    done = hue("cluster", "status")

    assert done.exit_code == 7
    assert "finds no node" in done.stdout
    assert "not everything in main is in order" in done.stderr


def test_a_page_that_did_not_open_after_a_restore_is_told(hue, cluster):
    cluster(standing=replace(WELL, closed=("portal.hue.gov.vn",)))
    done = hue("cluster", "restore", "latest", "--yes")

    assert done.exit_code == 7
    assert "https://portal.hue.gov.vn/" in done.stdout
    assert "does not open" in done.stdout


@pytest.mark.parametrize(
    "part",
    [
        {"silent": "does not answer", "nodes": (), "workloads": ()},
        {"nodes": (Node("dc-kube1", "v1.34.4", "the kubelet is silent"),)},
    ],
)
def test_a_cluster_that_is_unwell_is_told_by_the_exit_code(hue, cluster, part):
    cluster(standing=replace(WELL, **part))
    done = hue("cluster", "status", "--json")

    assert done.exit_code == 7
    assert json.loads(done.stdout)["well"] is False


def test_a_certificate_that_ends_soon_is_warned_of(hue, cluster):
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=3)
    cluster(standing=replace(WELL, certificates=(Expiry("apiserver", soon),)))

    assert "less than 30 days" in hue("cluster", "status").stderr


def test_status_for_a_program_has_everything(hue, cluster):
    cluster()
    told = json.loads(hue("cluster", "status", "--json").stdout)

    assert told["well"] is True
    assert told["certificates"][0]["days"] == 200
    assert told["snapshots"][0]["name"] == NIGHT.name
    assert told["workloads"][0]["waits_for"] == ""


def test_a_kubeconfig_is_for_eight_hours_and_changes_nothing(hue, cluster):
    playing = cluster()
    done = hue("cluster", "kubeconfig")

    assert done.stdout == "apiVersion: v1\n"
    assert "private key" in done.stderr
    hue("cluster", "kubeconfig", "--admin", "--hours", "1")
    assert playing.asked == [("kubeconfig", 8, False), ("kubeconfig", 1, True)]


def test_a_way_in_that_cannot_be_taken_back_is_not_for_long(hue, cluster):
    playing = cluster()
    done = hue("cluster", "kubeconfig", "--hours", "169")

    assert done.exit_code == 3
    assert "at most 168" in done.stderr
    assert playing.asked == []


def test_a_snapshot_is_taken_and_told(hue, cluster):
    playing = cluster()
    done = hue("cluster", "snapshot")

    assert playing.asked == ["save"]
    assert NIGHT.name in done.stdout
    assert "5 MiB" in done.stdout


def test_snapshots_are_listed_and_none_is_taken(hue, cluster):
    damaged = replace(NIGHT, name="20261125T010000Z", whole=False)
    playing = cluster(standing=replace(WELL, snapshots=(NIGHT, damaged)))
    done = hue("cluster", "snapshot", "--list")

    assert playing.asked == []
    assert "damaged" in next(line for line in done.stdout.splitlines() if damaged.name in line)


def test_restore_names_what_it_will_undo_and_wants_the_name_typed(hue, cluster, monkeypatch):
    monkeypatch.setattr("hue_infra.cli.output.Output.interactive", True)
    playing = cluster()

    assert "Nothing was done" in hue("cluster", "restore", "latest", input="no\n").stderr
    assert playing.asked == []
    done = hue("cluster", "restore", "latest", input="main\n")
    assert playing.asked == [("restore", NIGHT.name)]
    assert "will be undone" in done.stderr


def test_restore_does_nothing_unasked(hue, cluster):
    playing = cluster()

    assert hue("cluster", "restore", "latest").exit_code == 3
    assert playing.asked == []
    assert hue("cluster", "restore", NIGHT.name, "--yes").exit_code == 0
    assert playing.asked == [("restore", NIGHT.name)]


def test_a_snapshot_that_is_not_there_is_refused_with_those_that_are(hue, cluster):
    playing = cluster()
    done = hue("cluster", "restore", "20200101T000000Z", "--yes")

    assert done.exit_code == 3
    assert NIGHT.name in done.stderr
    assert playing.asked == []


def test_a_damaged_snapshot_is_refused(hue, cluster):
    cluster(standing=replace(WELL, snapshots=(replace(NIGHT, whole=False),)))
    done = hue("cluster", "restore", "latest", "--yes")

    assert done.exit_code == 3
    assert "damaged" in done.stderr


def test_what_is_not_whole_after_a_restore_is_told(hue, cluster):
    cluster(standing=replace(WELL, workloads=(HANGING,)))
    done = hue("cluster", "restore", "latest", "--yes")

    assert done.exit_code == 7
    assert "the snapshot is in place" in done.stderr


@dataclass
class Way:
    """Plays the way of a cluster to another version; remembers in `went` who came to its turn."""

    ahead: tuple = (Turn("dc-kube1", "v1.33.9"), Turn("dc-kube2", "v1.33.9"))
    version: str = "v1.34.4"
    stuck: str = ""
    went: list = field(default_factory=list)

    def turns(self):
        return self.ahead

    def artefacts(self, progress):
        progress("building kube v1.34.4")
        return {"kubernetes_version": self.version}

    def perform(self, turn, artefacts, on_task):
        if turn.machine == self.stuck:
            raise RemoteError("dc-kube2 could not be configured: it runs v1.33.9 as before")
        on_task("Upgrade | Move its pods elsewhere")
        self.went.append((turn.machine, artefacts["kubernetes_version"]))


@pytest.fixture
def way(monkeypatch):
    def playing(standing=WELL, **part):
        made = Way(**part)
        ways = lambda chosen, name, output: (Cluster(standing), made)  # noqa: E731
        monkeypatch.setattr(caring, "on_the_way", ways)
        return made

    return playing


def test_an_upgrade_shows_the_machines_and_wants_the_name_typed(hue, way, monkeypatch):
    monkeypatch.setattr("hue_infra.cli.output.Output.interactive", True)
    playing = way()

    refused = hue("cluster", "upgrade", input="no\n")
    assert "Nothing was done" in refused.stderr
    assert re.search(r"dc-kube2 +v1.33.9 +v1.34.4", refused.stdout)
    assert playing.went == []
    done = hue("cluster", "upgrade", input="main\n")
    assert playing.went == [("dc-kube1", "v1.34.4"), ("dc-kube2", "v1.34.4")]
    assert "dc-kube2: v1.33.9 → v1.34.4" in done.stderr
    assert "Move its pods elsewhere" in done.stderr
    assert "main runs v1.34.4" in done.stderr


def test_an_upgrade_does_nothing_unasked(hue, way):
    playing = way()

    assert hue("cluster", "upgrade").exit_code == 3
    assert playing.went == []


def test_a_cluster_that_is_there_already_is_left_alone(hue, way):
    way(ahead=())
    done = hue("cluster", "upgrade", "--json")

    assert json.loads(done.stdout)["upgraded"] == []
    assert "Every node of main runs v1.34.4" in done.stderr


@pytest.mark.parametrize(
    "part",
    [
        {"silent": "does not answer", "nodes": ()},
        {"nodes": (Node("dc-kube1", "v1.33.9", "the kubelet is silent"),)},
    ],
)
def test_no_machine_is_taken_out_beside_one_that_is_lost(hue, way, part):
    playing = way(replace(WELL, **part))
    done = hue("cluster", "upgrade", "--yes")

    assert done.exit_code == 5
    assert part.get("silent", "the kubelet is silent") in done.stderr
    assert playing.went == []


def test_what_hangs_already_is_told_and_holds_nothing_up(hue, way):
    playing = way(replace(WELL, workloads=(HANGING,)))
    done = hue("cluster", "upgrade", "--yes")

    assert "portal/portal hangs already" in done.stderr
    assert len(playing.went) == 2
    assert done.exit_code == 7


def test_an_upgrade_ends_at_the_machine_that_does_not_come_up(hue, way):
    playing = way(stuck="dc-kube2")
    done = hue("cluster", "upgrade", "--yes")

    assert done.exit_code == 5
    assert "as before" in done.stderr
    assert playing.went == [("dc-kube1", "v1.34.4")]


def test_a_key_is_changed_and_a_snapshot_holds_the_new_one(hue, cluster):
    playing = cluster()
    done = hue("cluster", "rotate-key")

    assert done.exit_code == 0
    assert playing.asked == ["rotate", "save"]
    assert "the new key is written with" in done.stderr
    assert "key-20261127t020000z alone" in done.stderr


def test_the_only_cluster_need_not_be_named(tmp_path, monkeypatch):
    monkeypatch.setenv("HUE_INFRA_HOME", str(tmp_path))
    deployment = Deployment.open(Settings(province_file("hue"), target="ssh"))

    care = deployment.cluster()

    assert care.server.startswith("https://")
    assert care.machine["machine"] == care.plan.control_plane[0]
    with pytest.raises(InputError, match="no cluster “other”"):
        deployment.cluster("other")
