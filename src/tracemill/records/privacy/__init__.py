"""What may be kept and let out: settings of consent and retention, findings, and decisions.

Allowances and erasures are what people decide; stand-ins are what is read where something was taken
out; receipts prove what was looked at before something went out. None of them holds the text that
it is about.
"""
