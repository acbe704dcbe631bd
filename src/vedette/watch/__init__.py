"""The composition root of a watch: it alone knows every stage, and wires them."""
