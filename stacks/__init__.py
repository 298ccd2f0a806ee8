"""What Pulumi builds: wiring only."""
