"""Report: what a person reads about what was made. Markdown out, every number with its meaning.

Text that came from sessions is escaped before it stands in a report.
"""
