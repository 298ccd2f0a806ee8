"""A program that registers a graph by itself, without the SDK, as its monitor would."""

from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

from hue_infra.engine import urns
from hue_infra.engine.defaults import DefaultProviders
from hue_infra.engine.goal import Alias, Goal
from hue_infra.engine.outputs import register_outputs
from hue_infra.engine.packages import Package
from hue_infra.engine.reads import read_resource
from hue_infra.engine.registration import Registration
from hue_infra.engine.urns import ROOT_TYPE
from hue_infra.engine.values import UNKNOWN
from hue_infra.errors import HueError
from trials.graphs import GROUPS, name_of
from trials.world import OTHER, PACKAGE, THING

PROJECT, STACK = "hue", "lab"
ROOT = urns.make(STACK, PROJECT, "", ROOT_TYPE, f"{PROJECT}-{STACK}")


def foreign_id(key):
    """Id of a thing that another made, to be imported, or read though it was imported before."""
    return f"foreign-{key}"


def seen_id(key):
    """Id of a thing that another made and keeps, to be read."""
    return f"seen-{key}"


def urns_of(graph):
    """Key to URN."""
    found = {}
    for key, node in graph.items():
        parent = found.get(node.parent, ROOT)
        found[key] = urns.make(STACK, PROJECT, parent, node.type, name_of(key, node))
    return found


def key_of(urn):
    return urns.name_of(urn).removesuffix("2")


class Program:
    """Registers a graph, several nodes at a time when the run is parallel.

    Args:
        graph: Key to node.
        known: Key to every URN that the state ever had for it.
    """

    def __init__(self, graph, known):
        self.graph = graph
        self.known = known
        self.urns = urns_of(graph)

    def run(self, deployment):
        return Registering(self, deployment).all()


class Registering:
    """One run of a program."""

    def __init__(self, program, deployment):
        self.graph, self.known, self.urns = program.graph, program.known, program.urns
        self.deployment = deployment
        self.defaults = DefaultProviders(deployment)
        self.made = {}
        """Key to entry, None for what failed."""

    def all(self):
        self.step(ROOT, lambda: self.register(Goal(ROOT_TYPE, f"{PROJECT}-{STACK}", custom=False)))
        if self.deployment.options.parallel == 1:
            ended = all(self.node(key) for key in self.graph)
        else:
            ended = self.in_parallel()
        if ended:
            register_outputs(self.deployment, ROOT, {"count": len(self.graph)})
        return ended and not self.deployment.stopped

    def in_parallel(self):
        waiting, running, whole = dict(self.graph), {}, True
        with ThreadPoolExecutor(self.deployment.options.parallel) as pool:
            while True:
                for key, node in list(waiting.items()):
                    if whole and node.needs <= self.made.keys():
                        del waiting[key]
                        running[pool.submit(self.node, key)] = key
                if not running:
                    return whole
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    del running[future]
                    whole = future.result() and whole

    def node(self, key):
        """Register a node; whether the program goes on."""
        node, urn = self.graph[key], self.urns[key]
        if node.kind == "read":
            return self.step(key, lambda: self.read(key, node), survives=False, urn=urn)
        done = self.step(key, lambda: self.register(self.goal(key, node)), urn=urn)
        if done and self.made[key] is not None and node.kind == "group":
            register_outputs(self.deployment, urn, {"value": node.value})
        return done

    def step(self, key, work, *, survives=True, urn=ROOT):
        """Do *work*, and with its failure what the monitor does; whether the program goes on."""
        deployment = self.deployment
        try:
            deployment.check_open()
            self.made[key] = work()
        except HueError as error:
            self.made[key] = None
            deployment.fail(urn, error)
            if not survives:
                deployment.stop()
        except BaseException as error:  # noqa: BLE001 - as the monitor does
            self.made[key] = None
            deployment.give_up(error)
            return False
        return not deployment.stopped

    def register(self, goal):
        return Registration(self.deployment, goal).run()

    def read(self, key, node):
        goal = Goal(
            node.type,
            name_of(key, node),
            parent=self.parent(node),
            provider=self.provider(node),
            dependencies=tuple(self.urn(item) for item in node.after),
        )
        id_ = foreign_id(key) if node.imported else seen_id(key)
        return read_resource(self.deployment, goal, id_)

    def goal(self, key, node):
        if node.kind == "provider":
            inputs = {"value": node.value, "region": node.fixed}
            return Goal(
                node.type, name_of(key, node), True, ROOT, inputs, aliases=self.aliases(key)
            )
        dependencies = tuple(self.urn(item) for item in (*node.after, *node.soft, *node.hard))
        common = {
            "parent": self.parent(node),
            "aliases": self.aliases(key),
            "dependencies": tuple(dict.fromkeys(dependencies)),
        }
        if node.kind == "group":
            return Goal(node.type, name_of(key, node), False, inputs={"v": node.value}, **common)
        return Goal(
            node.type,
            name_of(key, node),
            inputs=self.inputs(node),
            provider=self.provider(node),
            protect=node.protect,
            retain_on_delete=node.retain,
            delete_before_replace=node.delete_first,
            property_dependencies=self.by_property(node),
            ignore_changes=node.ignore,
            replace_on_changes=node.replace_on,
            additional_secret_outputs=("computed",) if node.secret else (),
            import_id=foreign_id(key) if node.imported else "",
            deleted_with=self.urn(node.deleted_with) if node.deleted_with else "",
            replace_with=tuple(self.urn(item) for item in node.replace_with),
            replacement_trigger=node.trigger,
            **common,
        )

    def inputs(self, node):
        found = {"value": node.value, "fixed": node.fixed, "dbr": node.dbr}
        found |= {f"soft_{other}": self.computed(other) for other in node.soft}
        return found | {f"fixed_{other}": self.id(other) for other in node.hard}

    def by_property(self, node):
        found = {f"soft_{other}": (self.urn(other),) for other in node.soft}
        return found | {f"fixed_{other}": (self.urn(other),) for other in node.hard}

    def urn(self, key):
        """As the program was told it: a resource left alone keeps the name that it is known by."""
        entry = self.made.get(key)
        return entry.state.urn if entry else self.urns[key]

    def id(self, key):
        entry = self.made.get(key)
        return entry.state.id or UNKNOWN if entry and not entry.skipped else UNKNOWN

    def computed(self, key):
        entry = self.made.get(key)
        if entry is None or entry.skipped:
            return UNKNOWN
        return entry.state.outputs.get("computed", UNKNOWN if self.deployment.preview else None)

    def parent(self, node):
        return self.urn(node.parent) if node.parent else ROOT

    def provider(self, node):
        if not node.provider:
            return self.defaults.reference(Package(PACKAGE))
        entry = self.made.get(node.provider)
        return urns.reference(self.urn(node.provider), entry.state.id if entry else "")

    def aliases(self, key):
        node = self.graph[key]
        if node.aliases == "all":
            return tuple(Alias(urn=urn) for urn in self.known.get(key, ()) if urn != self.urns[key])
        if node.aliases == "":
            return ()
        name = key if node.renamed else f"{key}2"
        found = [Alias(name=name), Alias(no_parent=True)]
        if node.is_thing:
            found.append(Alias(type=THING if node.retyped else OTHER))
            found += [Alias(parent=self.urns[item]) for item in GROUPS if item in self.urns]
        return tuple(found)
