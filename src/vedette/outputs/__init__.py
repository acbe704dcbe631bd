"""What leaves the site: one door, behind which each partner has its release rule, its format and its line.

picture, alerts → Release → Package → Encoder → Parcel → Waiting → Line → partner;  Dispatched → record
"""

from vedette.outputs.outbox import Moment, Outbox, Terms

__all__ = ["Moment", "Outbox", "Terms"]
