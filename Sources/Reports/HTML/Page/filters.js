// Which cases are shown. All of it is in the address, so that a view can be sent to someone.

// q text, o outcomes, a area, r role, l level, s origin, d difference, x cause, b broken invariant; c is the open case.
const state = { q: "", o: new Set(), a: "", r: "", l: "", s: "", d: "", x: "", b: "", c: "" };
const single = ["q", "a", "r", "l", "s", "d", "x", "b", "c"];
const selects = { area: "a", role: "r", level: "l", origin: "s", difference: "d" };

function readHash() {
  const hash = new URLSearchParams(location.hash.slice(1));
  for (const key of single) state[key] = hash.get(key) || "";
  state.o = new Set((hash.get("o") || "").split(",").filter(Boolean));
}

function writeHash() {
  const hash = new URLSearchParams();
  if (state.o.size) hash.set("o", [...state.o].join(","));
  for (const key of single) if (state[key]) hash.set(key, state[key]);
  const text = hash.toString();
  history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
}

function matches(item, words) {
  return (!state.o.size || state.o.has(item.outcome)) && (!state.a || item.area === state.a)
    && (!state.r || item.role === state.r) && (!state.l || item.scenario.level === state.l)
    && (!state.s || (item.scenario.origins || []).includes(state.s))
    && (!state.d || (item.change !== null && item.change.name === state.d))
    && (!state.x || String(item.cause) === state.x)
    && (!state.b || (item.broken !== null && item.broken.name === state.b))
    && words.every((word) => item.text.includes(word));
}

// Whether someone asked for something narrower than an area or a role.
const isFiltered = () => state.q !== "" || state.o.size > 0
  || ["l", "s", "d", "x", "b"].some((key) => state[key] !== "");

const unacceptable = new Set(["error", "fail", "hang", "fail-should", "flaky", "unexpected-pass", "skipped"]);

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

// Filters that came from a link and have no field of their own, each with a button that ends it.
function showActive() {
  const named = [];
  if (state.x) named.push(["x", "Cause", data.causes[state.x] === undefined ? "unknown" : string(data.causes[state.x])]);
  if (state.b) {
    const found = data.invariants.find(([name]) => name === state.b);
    named.push(["b", "Broken invariant", found ? found[1] : state.b]);
  }
  byID("active").hidden = named.length === 0;
  byID("active").replaceChildren(...named.map(([key, title, text]) => make("button", {
    type: "button", "aria-label": `Remove the filter ${title}: ${text}`,
    onclick: () => { state[key] = ""; changed(); byID("filter").focus(); },
  }, make("b", {}, `${title}: `), text, make("span", { "aria-hidden": "true" }, " ✕"))));
}

function showFilters() {
  byID("filter").value = state.q;
  for (const [id, key] of Object.entries(selects)) if (byID(id)) byID(id).value = state[key];
  for (const chip of document.querySelectorAll(".chip")) {
    chip.setAttribute("aria-pressed", String(state.o.has(chip.dataset.outcome)));
  }
  for (const cell of document.querySelectorAll("#matrix button")) {
    const isOn = cell.dataset.area === state.a && cell.dataset.role === state.r && state.a !== "";
    cell.setAttribute("aria-pressed", String(isOn));
  }
  showActive();
}
