"""The shapes of the API: every body, query and reply is a marshmallow schema (design §5)."""
