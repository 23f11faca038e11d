"""Background work: asked for in a command's transaction, carried out on a thread, told of with its progress."""
