"""SAPIENT, BSI Flex 335 v2.0: bytes ↔ messages, pure.

framing: octets of a stream → frames. codec: frame or JSON ↔ SapientMessage. rules: the standard's own marks, each fault
with its path. registration: what a node said it will send. checks: a message against that, and against the world.
geometry: location, range and bearing → WGS 84. detections: report → Detection. ids: UUID and ULID.
"""
