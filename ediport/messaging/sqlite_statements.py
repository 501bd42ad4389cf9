"""The SQL of the SQLite queue file.

The state of a message is a small row and its content another, so that a lease rewrites little.
`hidden_until` is NULL for a message that is ready, else the time (Unix, seconds) at which it is:
the end of a lease or of a delay. A partial index for each of the two, so that neither a long
backlog nor many delayed messages slow a receive. `lease` stays when the lease has run out, so that
a late acknowledgement counts if nobody took the message since.
"""

from __future__ import annotations

schema_version = 1
"""Kept as `user_version`; a file with another one is refused."""

SCHEMA = (
    "CREATE TABLE queue (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    """
    CREATE TABLE message (
      id INTEGER PRIMARY KEY, queue INTEGER NOT NULL, sent_at REAL NOT NULL,
      attempt INTEGER NOT NULL DEFAULT 0, hidden_until REAL, consumer INTEGER, lease INTEGER)
    """,
    "CREATE INDEX message_ready ON message (queue, id) WHERE hidden_until IS NULL",
    "CREATE INDEX message_hidden ON message (queue, hidden_until) WHERE hidden_until IS NOT NULL",
    "CREATE TABLE content (id INTEGER PRIMARY KEY, headers TEXT NOT NULL, body BLOB NOT NULL)",
)

ADD_QUEUE = "INSERT OR IGNORE INTO queue (name) VALUES (?)"
FIND_QUEUE = "SELECT id FROM queue WHERE name = ?"
LIST_QUEUES = "SELECT name FROM queue ORDER BY name"

LAST_ID = "SELECT coalesce(max(id), 0) FROM message"
ADD_MESSAGE = "INSERT INTO message (id, queue, sent_at) VALUES (?, ?, ?)"
ADD_CONTENT = "INSERT INTO content VALUES (?, ?, ?)"

DUE = """
    SELECT EXISTS (SELECT 1 FROM message WHERE queue = ?1 AND hidden_until IS NULL)
        OR EXISTS (SELECT 1 FROM message WHERE queue = ?1 AND hidden_until <= ?2)
"""
RETURN_DUE = "UPDATE message SET hidden_until = NULL WHERE queue = ? AND hidden_until <= ?"
LEASE = """
    UPDATE message SET attempt = attempt + 1, hidden_until = ?, consumer = ?, lease = ?
    WHERE id IN (
      SELECT id FROM message WHERE queue = ? AND hidden_until IS NULL ORDER BY id LIMIT ?)
    RETURNING id, attempt
"""
CONTENT = """
    SELECT id, headers, body FROM content
    WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id
"""

REMOVE = """
    DELETE FROM message
    WHERE consumer = ? AND lease = ? AND id IN (SELECT value FROM json_each(?)) RETURNING id
"""
REMOVE_CONTENT = "DELETE FROM content WHERE id IN (SELECT value FROM json_each(?))"
RELEASE = """
    UPDATE message
    SET attempt = attempt - ?, hidden_until = ?, consumer = NULL, lease = NULL
    WHERE consumer = ? AND lease = ? AND id IN (SELECT value FROM json_each(?))
"""
PARK = """
    UPDATE message
    SET queue = ?, attempt = 0, hidden_until = NULL, consumer = NULL, lease = NULL
    WHERE consumer = ? AND lease = ? AND id IN (SELECT value FROM json_each(?)) RETURNING id
"""
PARK_CONTENT = "UPDATE content SET headers = ? WHERE id = ?"
FREE_CONSUMER = """
    UPDATE message SET hidden_until = NULL, consumer = NULL, lease = NULL
    WHERE hidden_until IS NOT NULL AND consumer = ?
"""

READY_DEPTH = "SELECT count(*), min(id) FROM message WHERE queue = ? AND hidden_until IS NULL"
HIDDEN_DEPTH = """
    SELECT count(*) FILTER (WHERE lease IS NULL OR hidden_until <= ?2),
           count(*) FILTER (WHERE lease IS NOT NULL AND hidden_until > ?2), min(id)
    FROM message WHERE queue = ?1 AND hidden_until IS NOT NULL
"""
OLDEST = "SELECT min(sent_at) FROM message WHERE id IN (?, ?)"
