"""Organisations, persons, appointments, service locks, kinship and interests."""
