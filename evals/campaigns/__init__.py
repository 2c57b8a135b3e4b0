"""Campaigns: long runs that look for what a few examples do not show."""
