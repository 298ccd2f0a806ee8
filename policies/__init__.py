"""What no plan may break: one module a subject, one function a rule."""
