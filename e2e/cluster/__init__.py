"""A shop on more than one machine, on this one: nginx, replicas, PostgreSQL, and a store of counts
where there is one. For `make cluster`, and for tests, which kill and redeploy what is in it."""
