"""Flows as files: checked by the gate, published as versions."""
