// The list, its filters, the address and the keys.

const data = JSON.parse(document.getElementById("data").textContent);
const string = (index) => data.strings[index];
const byID = (id) => document.getElementById(id);

// Cases as they came: s scenario, i rest of the id, r role, o outcome, d milliseconds, h choices, m summary, p replay
// (U+0001 stands for the id), b broken invariant, c checks, e endings, x evidence (-1: left out).
const cases = data.cases.map((raw, index) => {
  const scenario = data.scenarios[raw.s];
  const rest = string(raw.i);
  const id = rest.startsWith("\u0001") ? rest.slice(1) : scenario.id + rest;
  const [outcome, outcomeLabel] = data.outcomes[raw.o];
  return {
    index, id, scenario, outcome, outcomeLabel, severity: raw.o, role: data.roles[raw.r], duration: raw.d,
    area: scenario.id.split(".")[0],
    choices: raw.h.map(([name, value]) => [string(name), string(value)]),
    summary: raw.m === undefined ? "" : string(raw.m),
    replay: raw.p === undefined ? "" : string(raw.p).replaceAll("\u0001", id),
    broken: raw.b === undefined ? "" : string(raw.b),
    checks: (raw.c || []).map(([name, expected, observed, holds]) =>
      ({ name: string(name), expected: string(expected), observed: string(observed), holds: holds === 1 })),
    endings: (raw.e || []).map(string),
    evidence: raw.x,
  };
});
for (const item of cases) {
  item.text = [item.id, item.scenario.title, item.scenario.rule, item.summary, item.outcomeLabel,
    item.endings.join(" "),
    (item.scenario.refs || []).join(" "), (item.scenario.tags || []).join(" ")].join("\n").toLowerCase();
}

// What the address says: q text, o outcomes, a area, r role, c the open case.
const state = { q: "", o: new Set(), a: "", r: "", c: "" };
const unfolded = new Map();
const whole = new Set();
const rowLimit = 60;
const scenarioLimit = 120;
let scenariosShown = scenarioLimit;
let rows = [];
let selected = -1;

function readHash() {
  const hash = new URLSearchParams(location.hash.slice(1));
  state.q = hash.get("q") || "";
  state.o = new Set((hash.get("o") || "").split(",").filter(Boolean));
  state.a = hash.get("a") || "";
  state.r = hash.get("r") || "";
  state.c = hash.get("c") || "";
}

function writeHash() {
  const hash = new URLSearchParams();
  if (state.q) hash.set("q", state.q);
  if (state.o.size) hash.set("o", [...state.o].join(","));
  if (state.a) hash.set("a", state.a);
  if (state.r) hash.set("r", state.r);
  if (state.c) hash.set("c", state.c);
  const text = hash.toString();
  history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
}

function matches(item, words) {
  return (!state.o.size || state.o.has(item.outcome)) && (!state.a || item.area === state.a)
    && (!state.r || item.role === state.r) && words.every((word) => item.text.includes(word));
}

const unacceptable = new Set(["error", "fail", "hang", "flaky", "unexpected-pass", "skipped"]);

// Scenarios with their cases, those with the worst verdicts first.
function groups() {
  const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
  const found = new Map();
  for (const item of cases) {
    if (!matches(item, words)) continue;
    const group = found.get(item.scenario) || { scenario: item.scenario, items: [], worst: 99 };
    group.items.push(item);
    if (unacceptable.has(item.outcome)) group.worst = Math.min(group.worst, item.severity);
    found.set(item.scenario, group);
  }
  const all = [...found.values()];
  for (const group of all) group.items.sort((one, other) => one.severity - other.severity || one.index - other.index);
  return all.sort((one, other) => one.worst - other.worst);
}

function strip(items) {
  const counts = new Map();
  for (const item of items) counts.set(item.outcome, (counts.get(item.outcome) || 0) + 1);
  const box = make("div", { class: "strip" });
  for (const [outcome, label] of [...data.outcomes].reverse()) {
    if (!counts.has(outcome)) continue;
    const part = make("i", { class: `o-${outcome}`, title: `${counts.get(outcome)} ${label}` });
    part.style.flexGrow = counts.get(outcome);
    box.append(part);
  }
  return box;
}

function caseRow(item) {
  const choices = item.choices.filter(([name]) => name !== "role")
    .map(([name, value]) => `${name}=${value}`).join("  ");
  return make("button", { type: "button", class: "row", onclick: () => open(item) },
    make("span", { class: `outcome c-${item.outcome}` }, item.outcomeLabel),
    make("span", { class: "role" }, item.role),
    make("span", { class: "what" }, make("span", { class: "choices" }, choices || "–"),
      item.summary && item.outcome !== "pass" && make("span", { class: "summary" }, item.summary)),
    make("span", { class: "time" }, milliseconds(item.duration)));
}

const isFiltered = () => state.q !== "" || state.o.size > 0;

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
  make("span", { class: "rule" }, group.scenario.rule || ""),
  make("span", { class: "tally" }, strip(group.items),
    bad ? `${bad} of ${group.items.length}` : `${group.items.length} case${group.items.length === 1 ? "" : "s"}`));
  rows.push({ element: head });
  const block = make("div", { class: "scenario" }, head);
  if (!expanded) return block;
  const box = make("div", { class: "rows" });
  // Unfolded by itself, a scenario shows what is wrong with it; unfolded by hand or by a filter, it shows the rest too.
  const isAsked = unfolded.has(group.scenario) || isFiltered();
  const limit = whole.has(group.scenario) ? Infinity : Math.min(rowLimit, isAsked ? rowLimit : bad);
  group.items.forEach((item, index) => {
    if (index >= limit) return;
    const row = caseRow(item);
    rows.push({ element: row, item });
    box.append(row);
  });
  if (group.items.length > limit) {
    box.append(make("button", {
      type: "button", class: "more", onclick: () => { whole.add(group.scenario); draw(); },
    }, `Show ${group.items.length - limit} more`));
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

  byID("filter").value = state.q;
  byID("area").value = state.a;
  byID("role").value = state.r;
  for (const chip of document.querySelectorAll(".chip")) {
    chip.setAttribute("aria-pressed", String(state.o.has(chip.dataset.outcome)));
  }
  for (const cell of document.querySelectorAll("#matrix button")) {
    const isOn = cell.dataset.area === state.a && cell.dataset.role === state.r && state.a !== "";
    cell.setAttribute("aria-pressed", String(isOn));
  }
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
  if (rows[selected]) rows[selected].element.focus({ preventScroll: true });
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

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping = ["INPUT", "SELECT", "TEXTAREA"].includes(event.target.tagName);
  const isOpen = !byID("panel").hidden;
  if (event.key === "Escape") {
    if (isOpen) close();
    else if (isTyping) event.target.blur();
  } else if (!isTyping && event.key === "/") {
    byID("filter").focus();
  } else if (!isTyping && (event.key === "j" || event.key === "k")) {
    const direction = event.key === "j" ? 1 : -1;
    if (isOpen) step(direction);
    else select(selected + direction, { focus: true });
  } else {
    return;
  }
  event.preventDefault();
});

byID("filter").addEventListener("input", (event) => { state.q = event.target.value; changed(); });
byID("area").addEventListener("change", (event) => { state.a = event.target.value; changed(); });
byID("role").addEventListener("change", (event) => { state.r = event.target.value; changed(); });
byID("reset").addEventListener("click", () => {
  Object.assign(state, { q: "", o: new Set(), a: "", r: "" });
  changed();
});
for (const chip of document.querySelectorAll(".chip")) {
  chip.addEventListener("click", () => {
    const { outcome } = chip.dataset;
    if (!state.o.delete(outcome)) state.o.add(outcome);
    changed();
  });
}
for (const cell of document.querySelectorAll("#matrix button")) {
  cell.addEventListener("click", () => {
    const { area, role } = cell.dataset;
    const isOn = state.a === area && state.r === role;
    state.a = isOn ? "" : area;
    state.r = isOn ? "" : role;
    changed();
    byID("toolbar").scrollIntoView({ behavior: "smooth" });
  });
}
byID("list").addEventListener("focusin", (event) => {
  const index = rows.findIndex((row) => row.element === event.target);
  if (index >= 0 && index !== selected) select(index, { scroll: false });
});
window.addEventListener("hashchange", applyHash);
byID("toolbar").hidden = false;
applyHash();
