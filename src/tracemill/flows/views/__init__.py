"""What pages and other tools are shown: stretches of lists and sessions, where from, exports."""
