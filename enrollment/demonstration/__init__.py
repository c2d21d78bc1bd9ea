"""The demonstration study: two sites, invented people, every status; dates count from the day it is loaded.

Boundary: made with the actions alone, as people would have done it, so it cannot hold what the portal would refuse.
"""
