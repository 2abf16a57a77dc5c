"""In life: is a model at work still worth what was promised?"""
