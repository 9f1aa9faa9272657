(element) => element.scrollIntoView({ block: "center" })
