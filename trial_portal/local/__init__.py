"""The portal on one machine: PostgreSQL and Valkey from wheels, and what runs on them.

The script ``portal`` makes .venv and hands over to ``python -m trial_portal.local``. Nothing here is used where real
servers stand (docs/deploy.md), and nothing here knows Django: the portal is started as programs, as a server would.
"""
