"""Ways by which notices leave the house, and what each person wants of them: e-mail, webhooks, configured gateways."""
