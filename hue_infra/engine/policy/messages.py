"""What goes to a policy pack and comes back, as protobuf.

Source: pulumi/pulumi, sdk/go/common/resource/plugin/analyzer_plugin.go.
"""

from collections.abc import Mapping
from typing import Final

from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2

from hue_infra.engine.analysis import (
    AnalyzedOptions,
    AnalyzedProvider,
    AnalyzedResource,
    Level,
    Scene,
)
from hue_infra.engine.policy.configuration import LEVEL, Policy, Setting
from hue_infra.engine.state import Timeouts
from hue_infra.engine.values import PropertyMap, Value, is_internal, transform
from hue_infra.engine.wire import Keep, from_struct, to_struct

_KEEP: Final = Keep(resources=False)
_LEVELS: Final[Mapping[int, Level]] = {
    analyzer_pb2.ADVISORY: "advisory",
    analyzer_pb2.MANDATORY: "mandatory",
    analyzer_pb2.DISABLED: "disabled",
    analyzer_pb2.REMEDIATE: "remediate",
}
_NUMBERS: Final = {
    "advisory": analyzer_pb2.ADVISORY,
    "mandatory": analyzer_pb2.MANDATORY,
    "disabled": analyzer_pb2.DISABLED,
    "remediate": analyzer_pb2.REMEDIATE,
}
_SEVERITIES: Final[Mapping[int, str]] = {
    analyzer_pb2.POLICY_SEVERITY_LOW: "low",
    analyzer_pb2.POLICY_SEVERITY_MEDIUM: "medium",
    analyzer_pb2.POLICY_SEVERITY_HIGH: "high",
    analyzer_pb2.POLICY_SEVERITY_CRITICAL: "critical",
}
_KINDS: Final[Mapping[int, str]] = {
    analyzer_pb2.POLICY_TYPE_RESOURCE: "resource",
    analyzer_pb2.POLICY_TYPE_STACK: "stack",
}


def level_of(number: int) -> Level:
    """The enforcement level of the wire's number; one of a later protocol counts as mandatory."""
    return _LEVELS.get(number, "mandatory")


def severity_of(number: int) -> str:
    """The severity of the wire's number; empty where none is given."""
    return _SEVERITIES.get(number, "")


def stack_request(scene: Scene) -> analyzer_pb2.AnalyzerStackConfigureRequest:
    """The run, told to a pack."""
    return analyzer_pb2.AnalyzerStackConfigureRequest(
        stack=scene.stack,
        project=scene.project,
        organization=scene.organization,
        dry_run=scene.preview,
        config=dict(scene.config),
        config_secret_keys=sorted(scene.secret_config),
    )


def settings_request(settings: Mapping[str, Setting]) -> analyzer_pb2.ConfigureAnalyzerRequest:
    """The configuration of a pack's policies."""
    return analyzer_pb2.ConfigureAnalyzerRequest(
        policyConfig={
            name: analyzer_pb2.PolicyConfig(
                enforcementLevel=_NUMBERS[setting.level or "advisory"],
                properties=to_struct(dict(setting.properties)),
            )
            for name, setting in settings.items()
        }
    )


def request(resource: AnalyzedResource, *, internal: bool = False) -> analyzer_pb2.AnalyzeRequest:
    """One resource; *internal* keeps what providers keep for themselves (``__provider``)."""
    return analyzer_pb2.AnalyzeRequest(
        urn=resource.urn,
        type=resource.type,
        name=resource.name,
        properties=_struct(resource.inputs, internal=internal),
        options=_options(resource.options, resource.parent),
        provider=_provider(resource.manager),
    )


def stack_resource(resource: AnalyzedResource) -> analyzer_pb2.AnalyzerResource:
    """One resource of the whole stack."""
    return analyzer_pb2.AnalyzerResource(
        urn=resource.urn,
        type=resource.type,
        name=resource.name,
        properties=_struct(resource.inputs),
        options=_options(resource.options, resource.parent),
        provider=_provider(resource.manager),
        parent=resource.parent,
        dependencies=resource.dependencies,
        propertyDependencies={
            key: analyzer_pb2.AnalyzerPropertyDependencies(urns=urns)
            for key, urns in resource.property_dependencies.items()
            if urns
        },
    )


def policies(info: analyzer_pb2.AnalyzerInfo) -> list[Policy]:
    """The policies of a pack, by name."""
    found = [_policy(item, configurable=info.supportsConfig) for item in info.policies]
    return sorted(found, key=lambda policy: policy.name)


def initial(info: analyzer_pb2.AnalyzerInfo) -> dict[str, Setting]:
    """The configuration that a pack brings along.

    The wire cannot leave the level out: where the pack gives none, it is advisory, as upstream.
    """
    return {
        name: Setting(level_of(item.enforcementLevel), from_struct(item.properties))
        for name, item in info.initialConfig.items()
    }


def _policy(item: analyzer_pb2.PolicyInfo, *, configurable: bool) -> Policy:
    level, severity = level_of(item.enforcementLevel), severity_of(item.severity)
    kind = _KINDS.get(item.policy_type, "")
    if not configurable:
        return Policy(item.name, level, severity=severity, kind=kind)
    described = from_struct(item.configSchema.properties)
    schemas = {key: schema for key, schema in described.items() if isinstance(schema, dict)}
    schemas[LEVEL] = {"type": "string", "enum": list(_NUMBERS)}
    return Policy(item.name, level, schemas, tuple(item.configSchema.required), severity, kind)


def _struct(properties: PropertyMap, *, internal: bool = False) -> struct_pb2.Struct:
    if not internal:
        shown = {key: value for key, value in properties.items() if not is_internal(key)}
        properties = {key: transform(value, _without_internal) for key, value in shown.items()}
    return to_struct(properties, _KEEP)


def _without_internal(value: Value) -> Value:
    if isinstance(value, dict):
        return {key: item for key, item in value.items() if not is_internal(key)}
    return value


def _options(options: AnalyzedOptions, parent: str) -> analyzer_pb2.AnalyzerResourceOptions:
    timeouts = options.timeouts or Timeouts()
    return analyzer_pb2.AnalyzerResourceOptions(
        protect=options.protect,
        ignoreChanges=options.ignore_changes,
        deleteBeforeReplace=bool(options.delete_before_replace),
        deleteBeforeReplaceDefined=options.delete_before_replace is not None,
        additionalSecretOutputs=options.additional_secret_outputs,
        aliases=options.aliases,
        customTimeouts=analyzer_pb2.AnalyzerResourceOptions.CustomTimeouts(
            create=timeouts.create or 0,
            update=timeouts.update or 0,
            delete=timeouts.delete or 0,
            read=timeouts.read or 0,
        ),
        parent=parent,
    )


def _provider(provider: AnalyzedProvider | None) -> analyzer_pb2.AnalyzerProviderResource | None:
    if provider is None:
        return None
    return analyzer_pb2.AnalyzerProviderResource(
        urn=provider.urn,
        type=provider.type,
        name=provider.name,
        properties=_struct(provider.inputs),
    )
