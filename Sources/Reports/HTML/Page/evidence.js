// What one case saw: the timeline of both legs, their facts, the bytes that came.

function factList(facts, string) {
  return make("dl", {}, facts.flatMap(([name, value]) =>
    [make("dt", {}, string(name)), make("dd", {}, string(value))]));
}

const svg = (tag, attributes) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
};

// Both legs to scale: when things happened.
function scale(lanes, events) {
  const last = Math.max(1, ...events.map((event) => event.at));
  // The table below says the same in words.
  const box = make("div", { class: "scale", "aria-hidden": "true" });
  lanes.forEach((lane, index) => {
    const own = events.filter((event) => event.lane === index);
    const drawing = svg("svg", {});
    const x = (at) => `${(at / last) * 100}%`;
    drawing.append(svg("line", { x1: "0", x2: "100%", y1: 10, y2: 10 }));
    if (own.length > 0) {
      drawing.append(svg("line", { class: "alive", x1: x(own[0].at), x2: x(own[own.length - 1].at), y1: 10, y2: 10 }));
    }
    for (const event of own) {
      const dot = svg("circle", { class: `k-${event.kind}`, cx: x(event.at), cy: 10, r: 4.5 });
      const title = svg("title", {});
      title.textContent = `${milliseconds(event.at)} ${event.kind} ${event.detail}`;
      dot.append(title);
      drawing.append(dot);
    }
    box.append(make("div", { class: "track" }, make("span", { title: lane.n }, lane.n), drawing));
  });
  box.append(make("div", { class: "axis" }, make("span", {}, "0"), make("span", {}, milliseconds(last / 2)),
    make("span", {}, milliseconds(last))));
  return box;
}

// The same, event by event, a column for each leg.
function sequence(lanes, events) {
  const body = make("tbody", {});
  let before = 0;
  for (const event of events) {
    if (event.at - before >= 200) {
      body.append(make("tr", {}, make("td", { class: "gap", colspan: lanes.length + 1 },
        `${milliseconds(event.at - before)} without an event`)));
    }
    before = event.at;
    body.append(make("tr", {}, make("th", { scope: "row", class: "at" }, milliseconds(event.at)),
      lanes.map((_, index) => (event.lane === index
        ? make("td", { class: `event k-${event.kind}` }, make("b", {}, event.kind), event.detail)
        : make("td", {})))));
  }
  return make("table", { class: "sequence" },
    make("caption", { class: "unseen" }, "Events of both legs in the order of their time"),
    make("thead", {}, make("tr", {}, make("th", { scope: "col", class: "at" }, "at"),
      lanes.map((lane) => make("th", { scope: "col" }, lane.n)))), body);
}

function evidenceView(evidence, string) {
  const parts = [];
  const events = evidence.lanes
    .flatMap((lane, index) => lane.t.map(([at, kind, detail]) =>
      ({ at, lane: index, kind: string(kind), detail: string(detail) })))
    .sort((one, other) => one.at - other.at);
  if (events.length > 0) {
    parts.push(make("h3", {}, "Timeline of both legs"));
    parts.push(scale(evidence.lanes, events), sequence(evidence.lanes, events));
  }
  parts.push(make("h3", {}, "Legs"));
  parts.push(make("div", { class: "lanes" }, evidence.lanes.map((lane) =>
    make("div", { class: "card" }, make("h4", {}, lane.n), factList(lane.f, string),
      (lane.d || []).map((entry) => dumpView(entry, string))))));
  if (evidence.untouched) {
    parts.push(make("p", { class: "note" },
      `No connection reached: ${evidence.untouched.map(string).join(", ")}.`));
  }
  if (evidence.hello) parts.push(make("h3", {}, "First flight"), helloView(evidence.hello, string));
  if (evidence.events) {
    parts.push(make("h3", {}, "Events of the target"));
    parts.push(evidence.events.length === 0
      ? make("p", { class: "note" }, "None for this case.")
      : make("div", { class: "lanes" }, evidence.events.map((facts) =>
        make("div", { class: "card" }, factList(facts, string)))));
  }
  return parts;
}

