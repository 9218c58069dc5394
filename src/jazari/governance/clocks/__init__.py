"""Legal clocks: rules of law as data with article, scope and date of effect.

clock("APPEAL_FILE").run(datetime.date(2026, 3, 2), act="act_on_request").last_day
"""

from jazari.governance.clocks.clock import Clock, clock, clocks, routes
from jazari.governance.clocks.deadline import Deadline, Route
from jazari.governance.clocks.rules import Duty, Rule, duties

__all__ = ["Clock", "Deadline", "Duty", "Route", "Rule", "clock", "clocks", "duties", "routes"]
