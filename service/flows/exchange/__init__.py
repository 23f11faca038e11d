"""Exchange and rotation 交流轮岗 (policy §3.X)."""
