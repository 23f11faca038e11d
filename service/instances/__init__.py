"""Cases: started, withdrawn, suspended, retried, cancelled."""
