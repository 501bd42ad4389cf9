"""The deployables: each turns settings into wiring and runs its use cases. They never import each other."""
