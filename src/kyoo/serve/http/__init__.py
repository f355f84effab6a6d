"""HTTP of one machine: the gateway, the pages, and uvicorn with bounds. No rule of any service."""
