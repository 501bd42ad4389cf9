"""What happened to every business unit, in a relational database: one port (`port.py`), its
adapters beside it.

Rules of the room: an effect and the record that prevents its repeat are in one database
transaction; messages leave through the outbox; no PHI in a column but bodies of messages on their
way: a value that could be PHI is a keyed hash (`ediport.security.hashing`) or in storage. The SQL
is SQLAlchemy Core and portable; what only one database can do is in its adapter.
"""
