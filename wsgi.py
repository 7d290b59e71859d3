"""The site, for a server such as gunicorn: `gunicorn wsgi:app`."""

from fete.app import create_app

app = create_app()
