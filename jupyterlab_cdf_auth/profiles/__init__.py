"""Profiles: applications that the administrator lets people run unattended work as."""
