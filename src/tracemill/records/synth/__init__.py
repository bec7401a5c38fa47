"""Examples that are made up: by whom, what was asked and answered, and what proves them.

Nothing made up stands alone: beside each example stand the calls that were really run, and what
every rung of verification said.
"""
