"""Photos of products: read, made small, kept and given away (ADR 20). Commands and whoever takes
uploads call `keeping`; pages call `assignments`."""
