from pages.parts import controls, loaders, mechanisms

project = controls.project()
currency = loaders.currency(project)
mechanism_id = mechanisms.chosen(project)
known = loaders.mechanism_choices(project)

if mechanism_id in known and known[mechanism_id].number:
    mechanisms.read(known[mechanism_id], currency)
else:
    mechanisms.write(project, mechanism_id, currency)
