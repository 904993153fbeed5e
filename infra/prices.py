"""AWS's list prices in us-east-1 (2026-11), in dollars, without free allowances and discounts."""

MILLION, GB = 1e6, 1e9
HOURS = 730
"""Hours of a month."""
REQUEST = 3.50 / MILLION
"""A call of a REST API."""
FIREWALL = 0.60 / MILLION
FIREWALL_MONTH, FIREWALL_RULE_MONTH = 5.00, 1.00
QUEUE_REQUEST = 0.50 / MILLION
"""A request to a FIFO queue. Ten messages can be sent, received, or deleted by one."""
INVOCATION, GB_SECOND = 0.20 / MILLION, 0.0000133334
WRITE_UNIT, READ_UNIT = 0.625 / MILLION, 0.125 / MILLION
TABLE_GB_MONTH, LOG_GB_MONTH = 0.25, 0.03
LOG_GB, TRANSFER_GB = 0.50, 0.09
SECRET_MONTH, SECRET_CALL = 0.40, 5.00 / MILLION
KEY_MONTH, KEY_CALL = 1.00, 3.00 / MILLION
METRIC_MONTH, ALARM_MONTH, DASHBOARD_MONTH = 0.30, 0.10, 3.00
