"""What is found line by line: a pattern of the rule files, and a judge with the last word."""
