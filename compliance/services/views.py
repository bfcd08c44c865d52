"""Saved views of the explorer: each officer's own."""

from accounts.models import User
from audit.services import act, record
from compliance.errors import TooManyViews
from compliance.events import ViewForgotten, ViewSaved
from compliance.models import SavedView

MOST_VIEWS = 20


@act(ViewSaved)
def save_view(*, owner: User, name: str, query: str) -> SavedView:
    """`query` is the explorer's own query string. Raises TooManyViews."""
    User.objects.select_for_update().get(pk=owner.pk)
    if SavedView.objects.filter(owner=owner).count() >= MOST_VIEWS:
        raise TooManyViews
    view = SavedView.objects.create(owner=owner, name=name, query=query)
    record(ViewSaved(object=view.ref))
    return view


@act(ViewForgotten)
def forget_view(*, view: SavedView) -> None:
    record(ViewForgotten(object=view.ref))
    view.delete()
