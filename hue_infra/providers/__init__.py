"""Resource providers: machines, roles, Kubernetes."""
