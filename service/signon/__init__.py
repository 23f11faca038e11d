"""Single sign-on: speaks OpenID Connect with the county's provider. Knows no database and no account."""
