"""Which commune and which word of a list a written name means; a doubt is told, never guessed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fete.core.text import fold_name
from fete.geography.models import Commune
from fete.vocabulary.models import Term


@dataclass(kw_only=True)
class Communes:
    """The communes of France, by code, and by département and name: present or former."""

    by_code: dict[str, Commune] = field(default_factory=dict)
    by_name: dict[tuple[str, str], list[Commune]] = field(default_factory=dict)
    by_former_name: dict[tuple[str, str], list[Commune]] = field(default_factory=dict)

    def meant(self, *, code: str | None, name: str | None, departement: str | None) -> Commune:
        """Return the commune of a code, or of a name in a département; raise `ValueError` with a sentence."""
        if code:
            if code not in self.by_code:
                raise ValueError(f"aucune commune n’a le code {code}")
            return self.by_code[code]
        if not name or not departement:
            raise ValueError("donnez le code de la commune, ou son nom et son département")
        key = (departement, fold_name(name))
        found = self.by_name.get(key) or self.by_former_name.get(key) or []
        if not found:
            raise ValueError(
                f"aucune commune ne s’appelle « {name} » dans le département {departement}"
            )
        if len(found) > 1:
            codes = ", ".join(sorted(commune.code for commune in found))
            raise ValueError(f"« {name} » désigne plusieurs communes ({codes}) : donnez le code")
        return found[0]


def known_communes(communes: Iterable[Commune]) -> Communes:
    """Return the communes under all that may name them."""
    known = Communes()
    for commune in communes:
        known.by_code[commune.code] = commune
        known.by_name.setdefault((commune.departement_code, commune.search), []).append(commune)
        for former in filter(None, commune.former_names.split("|")):
            known.by_former_name.setdefault((commune.departement_code, former), []).append(commune)
    return known


class Words:
    """The words of one list, by code and by label."""

    def __init__(self, terms: Mapping[str, Term]) -> None:
        self.by_name = {
            fold_name(name): term for term in terms.values() for name in (term.code, term.label_fr)
        }

    def meant(self, written: str) -> Term:
        """Return the word that a code or a label names; raise `ValueError` with a sentence."""
        try:
            return self.by_name[fold_name(written)]
        except KeyError:
            raise ValueError(f"« {written} » n’est pas dans la liste") from None
