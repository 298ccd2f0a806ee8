"""The other engine: Pulumi's own, driven through its Automation API and the ``pulumi`` program."""
