"""The province in a box: machines and links made of namespaces."""
