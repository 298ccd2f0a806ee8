"""The CrossGuard pack: the same rules on resources, for any engine that runs policy packs."""

from pulumi_policy import PolicyPack

from hue_infra.policies import PACK
from hue_infra.policies.crossguard import policies

PolicyPack(name=PACK, policies=policies())
