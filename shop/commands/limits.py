"""`shop limits`: how large a header can be on the route to a deployment."""

from __future__ import annotations

import click

from shop.commands.terminal import Sentence, progress


@click.command("limits", epilog="It sends at most 115 requests.")
@click.option("--url", required=True, help="URL of a shop, with its path if it has one.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--insecure", is_flag=True, help="Accept any certificate, for a test set-up.")
@click.option("--http2", is_flag=True, help="Use HTTP/2, as browsers do where https offers it.")
def measure_limits(url: str, as_json: bool, insecure: bool, http2: bool) -> None:
    """Measure how large a header can be on the route to a shop and back.

    Takes at most a minute once the name is resolved, and needs no settings: it sends requests to
    that address only, over HTTP/1.1 unless --http2 is given: the limits may differ.
    """
    from shop.lab.header_limits import client
    from shop.lab.header_limits import report as report_of
    from shop.lab.header_limits.deployment import Deployment, NotMeasured

    try:
        deployment = Deployment.of(url, is_insecure=insecure, is_http2=http2)
    except ValueError as problem:
        raise Sentence(f"{url} is not the URL of a shop: {problem}.") from None
    with progress(range(client.MOST_REQUESTS), total=client.MOST_REQUESTS, unit="requests") as bar:
        try:
            measured = client.measure(deployment, bar.update)
        except NotMeasured as problem:
            raise Sentence(str(problem)) from None
    report = report_of.by_command(
        measured.findings,
        budget_bytes=measured.budget_bytes,
        request_bytes=measured.request_bytes,
        failed=measured.failed,
        is_http2=http2,
    )
    protocol = report_of.HTTP_2 if http2 else report_of.HTTP_1
    if as_json:
        click.echo(
            report_of.as_json(
                measured.findings,
                report,
                url=str(deployment),
                requests=measured.requests,
                protocol=protocol,
            )
        )
    else:
        heading = f"{deployment}, {measured.requests} requests over {protocol}"
        click.echo(f"{heading}\n\n{report_of.as_text(report)}")
