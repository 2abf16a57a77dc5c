from pages.parts.common import controls, queries
from pages.parts.plan import mechanisms

project = controls.project()
currency = queries.currency(project)
mechanism_id = mechanisms.chosen(project)
choices = queries.mechanism_choices(project)

if mechanism_id in choices and choices[mechanism_id].number:
    mechanisms.read(choices[mechanism_id], currency)
else:
    mechanisms.write(project, mechanism_id, currency)
