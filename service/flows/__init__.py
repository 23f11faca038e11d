"""What the flows do to the county: pure rules, and the operations that service tasks call. Flows never meet."""
