from typing import Any

from django.core.exceptions import ValidationError
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """Pages by cursor: new rows never shift a page, and the hundredth page costs what the first does."""

    ordering = "-pk"
    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 500

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> Any:
        """A cursor that we never wrote is an unknown page, as one that cannot be decoded is."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValueError, ValidationError) as problem:
            if self.cursor_query_param not in request.query_params:
                raise
            raise NotFound(self.invalid_cursor_message) from problem
