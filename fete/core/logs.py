"""One line a request on standard error, with no personal data: no address, no query, no name."""

import logging
import time

from flask import Flask, Response, g, request

_log = logging.getLogger("fete.requests")


def init_logs(app: Flask) -> None:
    """Write one line for each request answered."""
    logging.basicConfig(
        format="%(asctime)s %(levelname)s %(name)s %(message)s", level=logging.WARNING
    )
    _log.setLevel(logging.INFO if not app.testing else logging.WARNING)

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def line(response: Response) -> Response:
        started = g.get("started", time.perf_counter())
        spent = (time.perf_counter() - started) * 1000
        rule = request.url_rule.rule if request.url_rule else "-"
        _log.info("%s %s %s %.0f ms", request.method, rule, response.status_code, spent)
        return response
