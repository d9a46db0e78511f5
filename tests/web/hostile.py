"""Texts that try to become something other than text."""

from hypothesis import strategies as st

FRAGMENTS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</bdi></span></ins></del>",
    "\"><svg onload='alert(1)'>",
    "&lt;script&gt;",
    "&#x3c;b&#62;",
    "<!--",
    "]]>",
    "{{ secret }}{% load x %}",
    "javascript:alert(1)",
    "\u202e\u2066gnp.exe\u2069",
    "\u200b\u200d\ufeff\u00ad",
    "\U000e0041\U000e0042",
    "\ufe0f\U000e0100",
    "\x00\x07\x1b[31m\x7f\x85",
    "\r\n\r\n",
    "\u2028\u2029",
    "\u3164\u115f\u2800",
    "\ue000\U0010fffd",
    "קצר עברית",
    "👩‍👩‍👧",
    "e\u0301\u0327",
]
texts = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=12)), max_size=8).map(
    "".join
)
