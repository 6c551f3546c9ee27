"""Jinja2 templates and boilerplate texts, as package data."""
