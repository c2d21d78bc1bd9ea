"""The project and its platform: who acts, and on what record. Imports nothing from the floors above it."""
