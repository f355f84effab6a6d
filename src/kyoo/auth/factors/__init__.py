"""How somebody shows who they are: passwords, second factors, passkeys, app passwords."""
