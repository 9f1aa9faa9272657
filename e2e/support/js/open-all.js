(all) => all.forEach((each) => { each.open = true; })
