"""An embedded engine for unmodified Pulumi programs; it knows no province."""
