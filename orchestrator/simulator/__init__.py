"""A Salesforce org to develop and test against: a server of its own that knows nothing of ours."""
