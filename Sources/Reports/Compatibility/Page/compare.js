// The cases of one scenario side by side, and one case whole. Everything here is made when it is opened.

const caseLimit = 40;
// What had the focus when the panel was opened.
let opener = null;

function fillPanel(parts, isWide) {
  const panel = byID("panel");
  if (panel.hidden) opener = document.activeElement;
  panel.classList.toggle("wide", isWide);
  panel.replaceChildren(...parts.flat(3).filter(Boolean));
  panel.hidden = false;
  panel.scrollTop = 0;
  panel.focus({ preventScroll: true });
}

function closePanel() {
  const panel = byID("panel");
  if (panel.hidden) return;
  panel.hidden = true;
  if (opener) opener.focus({ preventScroll: true });
}

// MARK: A scenario

function openScenario(number, column = -1) {
  Object.assign(state, { s: data.scenarios[number].id, c: "", t: "" });
  writeHash();
  drawScenario(number, column, caseLimit);
}

function drawScenario(number, column, limit) {
  const scenario = data.scenarios[number];
  const asked = data.columns.map((_, index) => index).filter((index) => results(number, index));
  const lines = scenario.cases.map((_, index) => ({ index, cells: asked.map((one) => results(number, one)[index]) }));
  // Those that failed somewhere, then those that are not alike, then the others, and last what nobody supports.
  const rank = ({ cells }) => {
    const grades = cells.filter(Boolean).map((result) => result.grade).filter((grade) => grade.name !== "unsupported");
    if (grades.length === 0) return 100;
    const worst = Math.min(99, ...grades.filter((grade) => grade.isFailure).map((grade) => grade.severity));
    return worst < 99 ? worst : new Set(grades).size > 1 ? 50 : 99;
  };
  lines.sort((one, other) => rank(one) - rank(other) || one.index - other.index);
  const rule = scenario.rule && (scenario.url
    ? make("a", { href: scenario.url, rel: "noreferrer" }, scenario.rule) : scenario.rule);
  const heads = asked.map((index) => make("th", { scope: "col", class: index === column ? "chosen" : false },
    data.columns[index].title, make("small", {}, data.columns[index].version)));
  const body = lines.slice(0, limit).map(({ index, cells }) => make("tr", {},
    make("th", { scope: "row" }, caseWords(caseAt(scenario, index))),
    cells.map((result, at) => compareCell(number, asked[at], index, result, asked[at] === column))));
  fillPanel([
    make("div", { class: "top" },
      make("span", { class: "note" }, `${scenario.cases.length} case${scenario.cases.length === 1 ? "" : "s"}, those that fail or differ first`),
      make("span", { class: "space" }),
      make("button", { type: "button", onclick: dismiss }, "Close")),
    make("h2", { id: "case-title" }, scenario.title),
    make("p", { class: "id" }, scenario.id),
    make("ul", { class: "meta" }, rule && make("li", {}, rule),
      (scenario.origins || []).map((name) => make("li", { class: `origin-${name}` }, `origin: ${originLabels.get(name)}`)),
      (scenario.refs || []).map((text) => make("li", {}, referenceLink(text))),
      scenario.file && make("li", {}, make("code", {}, scenario.file))),
    scenario.why && make("p", { class: "why" }, scenario.why),
    make("div", { class: "scroll" }, make("table", { class: "compare" },
      make("caption", { class: "unseen" }, "Each case against each target: outcome, how it ended, bytes that came back, time"),
      make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "case"), heads)), make("tbody", {}, body))),
    lines.length > limit && make("button", {
      type: "button", class: "more", onclick: () => drawScenario(number, column, Infinity),
    }, `Show ${lines.length - limit} more`),
  ], true);
}

const caseWords = ({ choices, role }) => [make("b", {}, role),
  ...choices.filter(([name]) => name !== "role").map(([name, value]) => [" ", make("span", {}, `${name}=${value}`)])].flat();

function compareCell(scenario, column, number, result, isChosen) {
  if (!result) return make("td", { class: "none" }, "not asked");
  const facts = result.ending === undefined ? result.why || ""
    : `${result.ending} · ${result.bytes} B · ${result.time === 0 ? "<1 ms" : milliseconds(result.time)}`;
  return make("td", { class: isChosen ? "chosen" : false },
    make("button", { type: "button", onclick: () => openCase(scenario, column, number) },
      make("span", { class: "what" }, make("i", { class: `mark m-${result.grade.name}`, "aria-hidden": "true" }, result.grade.mark),
        result.outcome === "expected-fail" ? `${result.grade.label}, as foretold` : result.outcomeLabel),
      make("small", {}, facts)));
}

// MARK: A case

function openCaseNamed(id, column) {
  const scenario = scenarioNumbers.get(id.slice(0, id.includes("[") ? id.indexOf("[") : id.length));
  const number = scenario === undefined ? -1 : data.scenarios[scenario].cases.findIndex((_, index) =>
    caseAt(data.scenarios[scenario], index).id === id);
  const isThere = number >= 0 && results(scenario, column) && results(scenario, column)[number];
  if (isThere) openCase(scenario, column, number);
  else closePanel();
}

function openCase(scenario, column, number) {
  const item = caseItem(scenario, column, number);
  Object.assign(state, { s: item.scenario.id, c: item.id, t: data.columns[column].id });
  writeHash();
  const asked = results(scenario, column).filter(Boolean).map((result) => result.number);
  const step = (direction) => {
    const next = asked[asked.indexOf(number) + direction];
    if (next !== undefined) openCase(scenario, column, next);
  };
  fillPanel(panelView(item, { evidence: item.observed, string, close: () => openScenario(scenario, column), step }), false);
}

function dismiss() {
  Object.assign(state, { s: "", c: "", t: "" });
  writeHash();
  closePanel();
}
