"""Tables that ship with the package, derived from other packages: only for rebuilding them."""
