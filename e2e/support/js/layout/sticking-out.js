const { clientWidth, scrollWidth } = document.documentElement;
if (scrollWidth > clientWidth) found.push(`the page is ${scrollWidth} wide in ${clientWidth}`);
if (root.scrollWidth > root.clientWidth)
    found.push(`${named(root)} is ${root.scrollWidth} wide in ${root.clientWidth}`);
const whole = seen.map((element) => ({ element, box: boxOf(element) }));
const lines = texts.flatMap(({ element, boxes }) =>
    boxes.map((box) => ({ element, box: clipped(box, element) })));
for (const { element, box } of [...whole, ...lines])
    if (box.left < -0.5 || box.right > clientWidth + 0.5)
        found.push(`${named(element)} sticks out of the ${clientWidth} wide: ${at(box)}`);
