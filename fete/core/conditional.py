"""Who has a public page already is told that it has not changed, instead of being sent it again."""

from flask import Flask, Response, current_app, request, session

_OK = 200


def init_conditional(app: Flask) -> None:
    """Give every public page a tag, and answer 304 to whoever says to have it; before it is compressed."""

    @app.after_request
    def spare(response: Response) -> Response:
        if _is_for_everybody(response):
            # A weak one: the bytes change with their compression, the page does not.
            response.add_etag(weak=True)
            response.cache_control.no_cache = True
            response.make_conditional(request)
        return response


def kept_for(response: Response, *, seconds: int) -> Response:
    """Let caches keep an answer for a while, the same for all; then they ask whether it still holds."""
    response.cache_control.public = True
    response.cache_control.max_age = seconds
    response.add_etag(weak=True)
    response.make_conditional(request)
    return response


def _is_for_everybody(response: Response) -> bool:
    """Whether this is a page that anybody is shown, whole, which says nothing yet of how long it may be kept."""
    view = current_app.view_functions.get(request.endpoint or "")
    return (
        request.method in {"GET", "HEAD"}
        and response.status_code == _OK
        and getattr(view, "access", None) == "public"
        and not {"Cache-Control", "ETag"} & set(response.headers.keys())
        and not response.is_streamed
        # Last, since an answer that asks depends on the cookie: who is signed in, or has a form under way.
        and not session
        and not session.modified
    )
