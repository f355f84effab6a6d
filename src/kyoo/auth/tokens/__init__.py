"""From a credential to the account behind it, and to the token that services read."""
