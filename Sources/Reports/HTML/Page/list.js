// The list of scenarios and their cases, and the case that is open.

const unfolded = new Map();
const whole = new Set();
const rowLimit = 60;
const scenarioLimit = 120;
let scenariosShown = scenarioLimit;
let rows = [];
let selected = -1;
// What had the focus when a case was opened.
let opener = null;

function strip(items) {
  const counts = new Map();
  for (const item of items) counts.set(item.outcome, (counts.get(item.outcome) || 0) + 1);
  const box = make("div", { class: "strip", "aria-hidden": "true" });
  for (const [outcome, label] of [...data.outcomes].reverse()) {
    if (!counts.has(outcome)) continue;
    const part = make("i", { class: `o-${outcome}`, title: `${counts.get(outcome)} ${label}` });
    part.style.flexGrow = counts.get(outcome);
    box.append(part);
  }
  return box;
}

function originChips(scenario) {
  return (scenario.origins || []).map((name) => make("span", { class: `origin origin-${name}` }, originLabels.get(name)));
}

function caseRow(item) {
  const choices = item.choices.filter(([name]) => name !== "role")
    .map(([name, value]) => `${name}=${value}`).join("  ");
  return make("button", { type: "button", class: "row", onclick: () => open(item) },
    make("span", { class: `outcome c-${item.outcome}` }, item.outcomeLabel),
    make("span", { class: "role" }, item.role),
    make("span", { class: "what" }, make("span", { class: "choices" }, choices || "–"),
      item.change && make("span", { class: "was" }, item.before ? `was ${item.before}` : item.change.label),
      item.summary && item.outcome !== "pass" && make("span", { class: "summary" }, item.summary)),
    make("span", { class: "time" }, milliseconds(item.duration)));
}

function isUnfolded(group) {
  return unfolded.get(group.scenario) ?? (group.worst < 99 || isFiltered());
}

function scenarioBlock(group) {
  const expanded = isUnfolded(group);
  const bad = group.items.filter((item) => unacceptable.has(item.outcome)).length;
  const head = make("button", {
    type: "button", class: "head", "aria-expanded": String(expanded), onclick: () => fold(group, !expanded),
  },
  make("span", { class: "caret", "aria-hidden": "true" }, "▶"),
  make("span", {}, make("span", { class: "title" }, group.scenario.title),
    make("span", { class: "id" }, group.scenario.id)),
  make("span", { class: "rule" }, originChips(group.scenario), group.scenario.rule || ""),
  make("span", { class: "tally" }, strip(group.items),
    bad ? `${bad} of ${group.items.length}` : `${group.items.length} case${group.items.length === 1 ? "" : "s"}`));
  rows.push({ element: head });
  const block = make("div", { class: "scenario" }, make("h3", {}, head));
  if (!expanded) return block;
  const box = make("ul", { class: "rows" });
  // Unfolded by itself, a scenario shows what is wrong with it; unfolded by hand or by a filter, it shows the rest too.
  const isAsked = unfolded.has(group.scenario) || isFiltered();
  const limit = whole.has(group.scenario) ? Infinity : Math.min(rowLimit, isAsked ? rowLimit : bad);
  group.items.forEach((item, index) => {
    if (index >= limit) return;
    const row = caseRow(item);
    rows.push({ element: row, item });
    box.append(make("li", {}, row));
  });
  if (group.items.length > limit) {
    box.append(make("li", {}, make("button", {
      type: "button", class: "more", onclick: () => { whole.add(group.scenario); draw(); },
    }, `Show ${group.items.length - limit} more`)));
  }
  block.append(box);
  return block;
}

function fold(group, expanded) {
  unfolded.set(group.scenario, expanded);
  draw();
}

function draw() {
  const keep = selected >= 0 && rows[selected] ? rows[selected].item || null : null;
  const at = selected;
  const hadFocus = byID("list").contains(document.activeElement);
  const found = groups();
  rows = [];
  const list = byID("list");
  list.replaceChildren(...found.slice(0, scenariosShown).map(scenarioBlock));
  if (found.length > scenariosShown) {
    list.append(make("button", {
      type: "button", class: "more", onclick: () => { scenariosShown += scenarioLimit; draw(); },
    }, `Show more of ${found.length} scenarios`));
  }
  if (found.length === 0) list.append(make("p", { class: "empty" }, "No case matches."));
  const count = found.reduce((sum, group) => sum + group.items.length, 0);
  byID("shown").textContent = count === cases.length ? `${count} cases` : `${count} of ${cases.length} cases`;

  showFilters();
  selected = -1;
  const again = keep ? rows.findIndex((row) => row.item === keep) : Math.min(at, rows.length - 1);
  if (again >= 0) select(again, { scroll: false, focus: hadFocus });
}

function changed() {
  scenariosShown = scenarioLimit;
  unfolded.clear();
  writeHash();
  draw();
}

function select(index, { scroll = true, focus = false } = {}) {
  if (selected >= 0 && rows[selected]) rows[selected].element.classList.remove("selected");
  selected = Math.max(0, Math.min(index, rows.length - 1));
  if (!rows[selected]) return;
  rows[selected].element.classList.add("selected");
  if (scroll) rows[selected].element.scrollIntoView({ block: "nearest" });
  if (focus) rows[selected].element.focus({ preventScroll: true });
}

function open(item) {
  state.c = item.id;
  writeHash();
  const index = rows.findIndex((row) => row.item === item);
  if (index >= 0) select(index, { scroll: false });
  const panel = byID("panel");
  if (panel.hidden) opener = document.activeElement;
  const evidence = item.evidence >= 0 ? data.evidence[item.evidence] : null;
  panel.replaceChildren(...panelView(item, { evidence, string, close, step }));
  panel.hidden = false;
  panel.scrollTop = 0;
  panel.focus({ preventScroll: true });
}

function close() {
  byID("panel").hidden = true;
  state.c = "";
  writeHash();
  const back = rows[selected] ? rows[selected].element : opener;
  if (back) back.focus({ preventScroll: true });
}

// The next case in the list, from the open one.
function step(direction) {
  let index = selected + direction;
  while (rows[index] && !rows[index].item) index += direction;
  if (!rows[index]) return;
  select(index);
  open(rows[index].item);
}

function applyHash() {
  readHash();
  draw();
  const item = state.c && cases.find((candidate) => candidate.id === state.c);
  if (item) open(item);
  else byID("panel").hidden = true;
}
