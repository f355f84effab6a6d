"""Real gateways in front of two services: the configurations of deploy/, and the built-in gateway."""
