"""What sort of ticket it is: by settings, type name in any language, labels, then the text's own shape."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from service.document.meanings import LONGEST, meaning
from service.document.model import Section
from service.ticket import Kind

_NAMES: dict[Kind, str] = {
    Kind.STORY: """
        story | stories | user story | userstory | user-story | feature | new feature
        feature request | enhancement | improvement | requirement | product backlog item | pbi
        job story | capability | suggestion | change request | historia | historia de usuario
        história | história de usuário | estória | récit | recit | récit utilisateur | histoire
        histoire utilisateur | anwendergeschichte | nutzergeschichte | anforderung | neue funktion
        neues feature | verbesserung | funktion | nouvelle fonctionnalité | fonctionnalité
        amélioration | évolution | nueva función | mejora | funcionalidad | nueva funcionalidad
        melhoria | nova funcionalidade | novo recurso | recurso | storia | storia utente
        nuova funzionalità | funzionalità | miglioramento | verhaal | gebruikersverhaal
        verbetering | nieuwe functie | functie | historyjka | historyjka użytkownika | ulepszenie
        nowa funkcja | usprawnienie | история | пользовательская история | улучшение
        новая функциональность | новая функция | ストーリー | ユーザーストーリー | 新機能 | 改善
        用户故事 | 故事 | 需求
        新功能 | 改进 | 스토리 | 새 기능 | 개선 | berättelse | användarberättelse | förbättring | ny funktion
        forbedring | ny funktionalitet | hikâye | hikaye | kullanıcı hikayesi | iyileştirme""",
    Kind.TASK: """
        task | sub-task | subtask | sub task | technical task | tech task | technical story
        chore | spike | research | maintenance | documentation | refactoring | refactor
        tech debt | technical debt | to-do | todo | work item | action item | aufgabe
        unteraufgabe | teilaufgabe | technische aufgabe | tâche | sous-tâche | tache
        tâche technique | tarea | subtarea | tarea técnica | tarefa | subtarefa | attività
        sottoattività | sotto-attività | taak | subtaak | deeltaak | zadanie | podzadanie | задача
        подзадача | タスク | サブタスク | 任务 | 子任务 | 작업 | 하위 작업 | uppgift | deluppgift | underuppgift
        oppgave | deloppgave | opgave | underopgave | delopgave | görev | alt görev | tehtävä
        alitehtävä | úkol | dílčí úkol | feladat | завдання | підзавдання | مهمة | משימה""",
    Kind.BUG: """
        bug | bugs | defect | fault | error | production bug | regression | hotfix | bug fix
        bugfix | crash | incident | bug report | sub-bug | product defect | customer bug | fehler
        fehlerbericht | defekt | bogue | anomalie | erreur | défaut | error de software | fallo
        incidencia | defecto | erro | defeito | falha | bug di produzione | errore | difetto
        fout | błąd | usterka | defekt | ошибка | дефект | баг | バグ | 不具合 | 障害 | 缺陷 | 错误 | 故障 | 버그
        결함 | fel | bugg | feil | fejl | hata | virhe | chyba | hiba | помилка""",
    Kind.EPIC: """
        epic | epics | initiative | theme | portfolio epic | feature set | epos | épopée | epopee
        épica | epopeya | epica | épico | эпик | エピック | 史诗 | 长篇故事 | 에픽 | eepos | destan | епік""",
}
_KINDS = {
    name.strip(): kind
    for kind, names in _NAMES.items()
    for name in names.replace("\n", "|").split("|")
    if name.strip()
}
_LABEL_PREFIX = re.compile(r"(?:type|kind|category|issue[ -]?type|t)\s*(?:::?|/|-)\s*(?=\w)")
_STORY = re.compile(
    r"\W{0,6}(?:user story\W{1,4})?as an? [^\n]{2,120}?,?\s+(?:i|we)(?:'d| would)? "
    r"(?:want|need|like|can|wish|should|must|expect)\b",
    re.IGNORECASE,
)
_TRACE = re.compile(
    r"^[ \t]*(?:Traceback \(most recent call last\)"
    r"|at [\w$.<>]+\([^()\n]{1,200}:\d+\)|Caused by: |Exception in thread)",
    re.MULTILINE,
)
_BUG_SECTIONS = {Section.STEPS, Section.EXPECTED, Section.OBSERVED}
_LINES = 400
"""Lines of a description that are looked at for its shape."""


def kind_of(
    type_name: str | None, types: Mapping[str, Kind], labels: Iterable[str], title: str, description: str
) -> Kind | None:
    """The kind of a ticket, or None where nothing tells it.

    `types` are the operator's own type names; `type_name` is the tracker's, in any language; the description
    is plain.
    """
    return _named(type_name or "", types) or _labelled(labels) or _shaped(title, description)


def _named(type_name: str, types: Mapping[str, Kind]) -> Kind | None:
    name = " ".join(type_name.casefold().split())
    return next((kind for own, kind in types.items() if own.casefold().strip() == name), None) or _KINDS.get(name)


def _labelled(labels: Iterable[str]) -> Kind | None:
    """Labels count where they all say the same: “bug” beside “enhancement” tells nothing."""
    names = (_LABEL_PREFIX.sub("", label.casefold().strip(), count=1).replace("_", " ") for label in labels)
    found = {_KINDS.get(name) or _KINDS.get(name.replace("-", " ")) for name in names} - {None}
    return found.pop() if len(found) == 1 else None


def _shaped(title: str, description: str) -> Kind | None:
    if _STORY.match(title):
        return Kind.STORY
    lines = [line.strip() for line in description.split("\n", _LINES)[:_LINES]]
    if any(_STORY.match(line) for line in lines):
        return Kind.STORY
    opened = {meaning(line.partition(":")[0].strip(" #*_")) for line in lines if 0 < len(line) <= LONGEST}
    told = len(opened & _BUG_SECTIONS) >= 2 or Section.STEPS in opened or _TRACE.search(description[:20_000])
    return Kind.BUG if told else None
