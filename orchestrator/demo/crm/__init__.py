"""The make-believe CRM of the demo: who is in it and what they are up to."""
