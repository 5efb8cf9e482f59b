from dataclasses import dataclass

from jinja2 import Environment
from koyalite_functions import Ctx, function

# Names come from users: in the HTML they are text, whatever they are.
PAGES = Environment(autoescape=True)
HTML = PAGES.from_string(
    "<h1>{{ team }}</h1><ul>{% for line in lines %}<li>{{ line }}</li>{% endfor %}</ul>"
)


@dataclass
class Input:
    team_id: str


@dataclass
class Output:
    subject: str
    html: str


@function(access="auth.id != null")
def digest(ctx: Ctx, data: Input) -> Output:
    """The mail that members get: what has happened in their team, as they may see it."""
    team = ctx.db.teams.get(data.team_id)
    activities = ctx.db.activities.filter(team_id=team.id).sort("-at").limit(20).list()
    payments = ctx.db.payments.filter(team_id=team.id).limit(500).list()
    lines = [activity.text for activity in activities]
    lines.append(f"{sum(payment.cents for payment in payments) / 100:.2f} paid")
    print("digest of", team.name, "with", len(lines), "lines")
    return Output(subject=f"News of {team.name}", html=HTML.render(team=team.name, lines=lines))
