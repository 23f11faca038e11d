"""The engine room: SpiffWorkflow and SQLAlchemy; knows no Flask, no people, no schools."""
