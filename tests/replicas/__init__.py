"""Services as replicas, each in a process of its own, behind a gateway as it is deployed."""
