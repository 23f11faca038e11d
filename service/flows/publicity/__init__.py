"""The one room for publicity periods (公示) of all flows: begun, stopped by an objection, gone on with what is left.

A flow declares with `publish` what it publishes; the two operations of its diagram follow from that. While a period
runs, its names stand on a page without a login, where anybody may object (policy §1, §3, §7).
"""
