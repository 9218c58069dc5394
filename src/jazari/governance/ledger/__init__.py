"""The log itself: private to governance.

RFC 6962 tree as C2SP tiles (`tree`, `tiles`, `edge`, `reading`), signed notes and policies (`notes`, `policy`), the
events (`vocabulary`, `event`, `identity`, `numbers`), what holds them together (`ledger`, `gathering`, `store`,
`keys`, `lock`, `files`), and who checks (`verifying`, `receipts`, `witness`, `rotation`, `page`).
"""
