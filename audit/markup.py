"""What html-validate reports about the HTML of every subject, as the shop serves it."""

from __future__ import annotations

from playwright.sync_api import Page, Response
from tqdm import tqdm

from audit import node
from audit.report import Findings, Group, is_zero
from e2e.support.demo_shop import Failed, Look, Stage
from e2e.support.subjects import Subject


def measure(stage: Stage, subjects: list[Subject]) -> Group:
    """How many messages each page has."""
    subjects = [subject for subject in subjects if not subject.needs_script]
    pages: list[dict[str, str]] = []
    messages: Findings = {subject.name: [] for subject in subjects}
    for subject in tqdm(subjects, desc="html", disable=None, leave=False):
        try:
            pages.append({"name": subject.name, "html": _served(stage, subject)})
        except Failed as failed:
            messages[subject.name].append(str(failed))
    for answer in node.answers("validate.mjs", pages):
        messages[answer["name"]] += answer["messages"]
    figures = [is_zero(name, len(said)) for name, said in messages.items()]
    return Group("html-validate, messages", figures, messages)


def _served(stage: Stage, subject: Subject) -> str:
    # Without JavaScript, because then every step ends with a page from the server.
    with stage.page(Look(has_script=False)) as page:
        documents: list[Response] = []
        page.on("response", lambda response: _keep(response, page, documents))
        stage.arrange(page, subject)
        return documents[-1].body().decode("utf-8")


def _keep(response: Response, page: Page, documents: list[Response]) -> None:
    request = response.request
    is_page = request.is_navigation_request() and request.frame == page.main_frame
    if is_page and not 300 <= response.status < 400:
        documents.append(response)
