// One case, whole. Everything here is made when it is opened, so that a page of thousands of cases stays quick.

function milliseconds(value) {
  return value >= 1000 ? `${(value / 1000).toFixed(2)} s` : `${value.toFixed(value < 100 ? 1 : 0)} ms`;
}

async function copyText(text, button) {
  const before = button.textContent;
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Not every browser has a clipboard for file://; the older way works there.
    const area = make("textarea", {});
    area.value = text;
    document.body.append(area);
    area.select();
    done = document.execCommand("copy");
    area.remove();
  }
  button.textContent = done ? "Copied" : "Select and copy";
  setTimeout(() => { button.textContent = before; }, 1200);
}

function referenceLink(text) {
  if (/^CVE-\d{4}-\d+$/.test(text)) {
    return make("a", { href: `https://nvd.nist.gov/vuln/detail/${text}`, rel: "noreferrer" }, text);
  }
  if (/^https?:\/\//.test(text)) return make("a", { href: text, rel: "noreferrer" }, text);
  return text;
}

function checksTable(checks) {
  const rows = checks.map((check) => make("tr", { class: check.holds ? "ok" : "no" },
    make("td", {}, make("span", { class: "mark" }, check.holds ? "✓" : "✗"), check.name),
    make("td", {}, check.expected),
    make("td", { class: "observed" }, check.observed)));
  return make("table", { class: "checks" },
    make("thead", {},
      make("tr", {}, ["check", "expected", "observed"].map((name) => make("th", { scope: "col" }, name)))),
    make("tbody", {}, rows));
}

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
  const box = make("div", { class: "scale" });
  lanes.forEach((lane, index) => {
    const own = events.filter((event) => event.lane === index);
    const drawing = svg("svg", { role: "img", "aria-label": lane.n });
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
  const grid = make("div", { class: "sequence" });
  grid.style.gridTemplateColumns = `minmax(58px, auto) repeat(${lanes.length}, minmax(0, 1fr))`;
  grid.append(make("div", { class: "lane" }), ...lanes.map((lane) => make("div", { class: "lane" }, lane.n)));
  let before = 0;
  for (const event of events) {
    if (event.at - before >= 200) {
      grid.append(make("div", { class: "gap" }, `${milliseconds(event.at - before)} without an event`));
    }
    before = event.at;
    grid.append(make("div", { class: "at" }, milliseconds(event.at)));
    lanes.forEach((_, index) => {
      grid.append(event.lane === index
        ? make("div", { class: `slot event k-${event.kind}` }, make("b", {}, event.kind), event.detail)
        : make("div", { class: "slot" }));
    });
  }
  return grid;
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
    make("div", { class: "card" }, make("h4", {}, lane.n), factList(lane.f, string)))));
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

function panelView(item, { evidence, string, close, step }) {
  const { scenario } = item;
  const rule = scenario.rule && (scenario.url
    ? make("a", { href: scenario.url, rel: "noreferrer" }, scenario.rule) : scenario.rule);
  const chosen = item.choices.filter(([name]) => name !== "role")
    .map(([name, value]) => make("li", {}, `${name}: ${value}`));
  const copy = make("button", { type: "button", onclick: () => copyText(item.replay, copy) }, "Copy");
  const ended = (item.endings || []).map((line) => make("p", { class: "ended" }, line));
  return [
    make("div", { class: "top" },
      make("span", { class: `outcome c-${item.outcome}` }, item.outcomeLabel),
      make("span", { class: "note" }, milliseconds(item.duration)),
      make("span", { class: "space" }),
      make("button", { type: "button", onclick: () => step(-1), "aria-label": "Previous case" }, "↑"),
      make("button", { type: "button", onclick: () => step(1), "aria-label": "Next case" }, "↓"),
      make("button", { type: "button", onclick: close }, "Close")),
    make("h2", {}, scenario.title),
    make("p", { class: "id" }, item.id),
    make("ul", { class: "meta" },
      rule && make("li", {}, rule),
      scenario.importance && make("li", {}, `${scenario.importance} importance`),
      make("li", {}, `role: ${item.role}`), chosen,
      (scenario.refs || []).map((text) => make("li", {}, referenceLink(text))),
      scenario.file && make("li", {}, make("code", {}, scenario.file))),
    scenario.why && make("p", { class: "why" }, scenario.why),
    item.summary && make("p", { class: `summary c-${item.outcome}` }, item.summary),
    item.broken && make("p", { class: "broken" }, `Broken security invariant: ${item.broken}.`),
    item.checks.length > 0 && [make("h3", {}, "Checks"), checksTable(item.checks)],
    ended.length > 0 && [make("h3", {}, "Manner of ending"), ended],
    item.replay && [make("h3", {}, "Replay"), make("div", { class: "replay" }, make("code", {}, item.replay), copy)],
    evidence && evidenceView(evidence, string),
    item.evidence === -1 && make("p", { class: "note" },
      "Legs, timeline and bytes of this case were left out to keep the page small; run.json beside it has them."),
  ].flat(2).filter(Boolean);
}
