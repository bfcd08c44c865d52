"""Steps that several tests of the library share."""

from consent.clauses import compose, sections_of
from consent.kinds import DocumentKind
from consent.library import starting_text
from office import services
from office.models import PaperTemplate, TemplateVersion
from tests.groups.world import World

TELEHEALTH = DocumentKind.TELEHEALTH


def words(kind: DocumentKind = TELEHEALTH, **changed: str) -> str:
    return compose({**sections_of(starting_text(kind), kind), **changed}, kind)


def template(world: World, kind: DocumentKind = TELEHEALTH, name: str = "Adults") -> PaperTemplate:
    with world.ada.acting():
        return services.begin_template(program=world.circle.program, kind=kind, name=name)


def published(world: World, made: PaperTemplate, **changed: str) -> TemplateVersion:
    with world.ada.acting():
        services.save_template(template=made, text=words(DocumentKind(made.kind), **changed))
        return services.publish_template(template=made)
