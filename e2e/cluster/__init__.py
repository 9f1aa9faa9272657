"""A shop as if on several machines: nginx, replicas, PostgreSQL, and a store of counts where there
is one. For `make cluster`, and for tests, which kill and redeploy parts of it."""
