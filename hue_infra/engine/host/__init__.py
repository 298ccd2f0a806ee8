"""Programs, providers and components in processes of their own, over gRPC."""
