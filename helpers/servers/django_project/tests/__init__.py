"""The project's own tests, run by `manage.py test`. Chapter 12 shows them and what they say."""
