"""Export and import of a whole store, the same for every backend."""
