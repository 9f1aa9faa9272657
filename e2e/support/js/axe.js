/* Run by `evaluate`, not as a script of the page: the shop's CSP blocks foreign scripts. */
async (tags) => {
    const {violations, incomplete} = await axe.run(document, {
        runOnly: {type: "tag", values: tags}, resultTypes: ["violations", "incomplete"],
    });
    const places = (results) => results.flatMap(({id, nodes}) =>
        nodes.map(({target}) => `${id} at ${target.join(" ")}`));
    return [places(violations), places(incomplete)];
}
