"""What commands of several groups have in common: exit codes, options, output, progress.

Nothing here knows a command.
"""
