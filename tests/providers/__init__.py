"""The conformance of providers of metadata: what each keeps, and the services that they are looked at over."""
