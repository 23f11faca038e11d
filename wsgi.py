"""The application for a WSGI server of one's own: `gunicorn wsgi:app`. Jobs run in `lectern serve`."""

from service.app import create_app
from service.config import read

app = create_app(read())
