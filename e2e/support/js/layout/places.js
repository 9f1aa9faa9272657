found.push(...seen.map((element) => `${named(element)} ${at(boxOf(element))}`));
