"""What the commands below ``hue-infra engine`` share: any Pulumi program's folder and stacks."""
