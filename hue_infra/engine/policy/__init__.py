"""Policy packs, run as Pulumi runs them."""
